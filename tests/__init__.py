"""The tests, one file per module, and helpers that several of them share."""
