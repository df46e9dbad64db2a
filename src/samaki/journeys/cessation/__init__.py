"""Verified cessation and the coverage of follow-ups: what his file and hers say together, released at fixed days."""
