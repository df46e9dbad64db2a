"""Programmes: calendars, places old and new, aims."""
