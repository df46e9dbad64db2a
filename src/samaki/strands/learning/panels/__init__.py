"""What learning shows on pages that belong to others, by subject. Each module registers its own."""

from samaki.strands.learning.panels import curricula, pathway

__all__ = ["curricula", "pathway"]
