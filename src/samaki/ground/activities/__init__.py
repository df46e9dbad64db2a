"""Activities, sessions, attendance and anonymous tallies."""
