"""The strands of work, each a whole; none knows another."""
