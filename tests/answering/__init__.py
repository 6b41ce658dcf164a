"""Tests of `qa/answering`."""
