"""Provinces to villages, dated; names are never keys."""
