"""Ask your own articles a question; get their own words back, with the exact place."""

__version__ = "0.1.0"
