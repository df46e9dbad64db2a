"""Pages in the browser: frame, sign-in, home, errors. Pages about a strand live with the strand."""
