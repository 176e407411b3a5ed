"""The command line: one file per verb, each a thin door to a call of the Python interface."""
