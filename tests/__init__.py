"""Tests mirror src/samaki."""
