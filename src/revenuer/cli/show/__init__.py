"""Results on a terminal: one kind of result a file, printed to the console it is given."""
