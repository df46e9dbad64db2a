"""The pages of import: send a file, match its columns, see what it would do, save it."""
