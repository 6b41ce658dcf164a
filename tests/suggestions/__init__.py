"""Tests of `qa/suggestions`."""
