"""Counting people once across organisations: a steward's pages, and what a person's own organisation sees of it."""
