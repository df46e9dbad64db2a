"""Samaki: field records become figures anyone can open, each person counted once, no one exposed."""

__version__ = "0.1.0"
