"""What learning shows on pages that belong to others, by subject. Each module registers its own."""

from samaki.strands.learning.panels import cascade, curricula, instruments, pathway

__all__ = ["cascade", "curricula", "instruments", "pathway"]
