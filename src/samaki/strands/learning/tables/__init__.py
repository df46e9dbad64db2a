"""The kinds of workbook that learning takes in, by subject. Each module registers its own."""

from samaki.strands.learning.tables import responses

__all__ = ["responses"]
