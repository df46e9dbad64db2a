"""Groups and who belonged to them on any date."""
