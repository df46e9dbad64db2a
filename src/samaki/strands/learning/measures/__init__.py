"""What of learning can be counted, by subject. Each module registers its own."""

from samaki.strands.learning.measures import cascade, follow_ups, practice, responses

__all__ = ["cascade", "follow_ups", "practice", "responses"]
