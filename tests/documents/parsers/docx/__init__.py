"""Tests of `qa/documents/parsers/docx`."""
