"""One module or package per format. They are imported only in the process that parses."""
