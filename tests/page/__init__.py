"""Tests of `qa/page`."""
