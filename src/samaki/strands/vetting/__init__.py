"""Vetting: who may be trusted with what, decided by two, and visible to others as a clearance alone."""
