"""Parsers: one module or package per format. Only those for text and Markdown run outside the sandbox."""
