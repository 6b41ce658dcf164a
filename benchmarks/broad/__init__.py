"""Broad questions, which are answered by whole sentences, over five folders."""
