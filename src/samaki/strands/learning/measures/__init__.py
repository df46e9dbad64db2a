"""What of learning can be counted, by subject. Each module registers its own."""

from samaki.strands.learning.measures import follow_ups

__all__ = ["follow_ups"]
