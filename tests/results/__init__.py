"""Tests of `qa/results`."""
