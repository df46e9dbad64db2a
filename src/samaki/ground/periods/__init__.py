"""Reporting periods: open, submitted, returned or verified, locked."""
