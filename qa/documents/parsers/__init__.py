"""One parser for each format, loaded only in the process that parses."""
