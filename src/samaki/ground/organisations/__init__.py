"""Who takes part, in which role, over time."""
