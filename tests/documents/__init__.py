"""Tests of `qa/documents`."""
