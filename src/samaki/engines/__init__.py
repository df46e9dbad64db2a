"""What serves every strand and knows none."""
