"""Check boxes as text: the signs for one that is checked and one that is not."""

CHECKED, UNCHECKED = "☒", "☐"
