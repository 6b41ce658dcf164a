"""Tests of `qa/turns`."""
