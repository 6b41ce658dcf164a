"""Tests of `qa/documents/parsers/pdf`."""
