"""One parser per format. They are imported only in the process that parses."""
