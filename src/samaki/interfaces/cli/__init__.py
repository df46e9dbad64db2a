"""The command line: a way in like any other. It acts as a named user, or as the public."""
