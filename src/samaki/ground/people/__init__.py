"""People, their consent, and who is the same person."""
