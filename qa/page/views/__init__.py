"""Views: parts of the page as HTML."""
