"""Tests of `qa/cli`."""
