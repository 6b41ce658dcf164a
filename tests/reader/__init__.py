"""Tests of `qa/reader`."""
