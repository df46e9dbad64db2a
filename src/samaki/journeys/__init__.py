"""Use cases that a person starts and that touch two strands."""
