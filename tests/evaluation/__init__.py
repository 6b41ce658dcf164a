"""Tests of `qa/evaluation`."""
