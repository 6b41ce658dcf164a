"""Check boxes as text: the characters for checked and unchecked ones."""

CHECKED, UNCHECKED = "☒", "☐"
