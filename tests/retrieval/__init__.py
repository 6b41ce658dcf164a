"""Tests of `qa/retrieval`."""
