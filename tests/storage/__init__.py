"""Tests of `qa/storage`."""
