"""Writes of learning, by subject."""
