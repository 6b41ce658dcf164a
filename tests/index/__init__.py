"""Tests of `qa/index`."""
