"""Broad questions, which whole sentences answer, over five folders."""
