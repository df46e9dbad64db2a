"""Indicators, and the figures counted from records."""
