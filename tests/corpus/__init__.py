"""Tests of `qa/corpus`."""
