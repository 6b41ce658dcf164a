"""Tests of `qa/page/views`."""
