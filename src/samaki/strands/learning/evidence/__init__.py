"""How the rows of learning read behind a figure, and its indicators, by subject. Each module registers its own."""

from samaki.strands.learning.evidence import cascade, follow_ups, practice, responses

__all__ = ["cascade", "follow_ups", "practice", "responses"]
