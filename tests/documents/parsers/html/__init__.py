"""Tests of `qa/documents/parsers/html`."""
