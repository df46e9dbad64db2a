"""The command line; it acts as a named user."""
