"""Tests of `qa/dialogue`."""
