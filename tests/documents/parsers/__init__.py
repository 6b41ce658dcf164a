"""Tests of `qa/documents/parsers`."""
