"""Reading a file that a partner sends: content, limits, headings, cells."""
