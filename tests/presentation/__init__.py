"""Tests of `qa/presentation`."""
