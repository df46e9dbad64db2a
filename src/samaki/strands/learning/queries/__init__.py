"""Reads of learning, by subject; each is narrowed to what its actor may see."""

from samaki.strands.learning.queries.follow_ups import evidence, follow_ups

__all__ = ["evidence", "follow_ups"]
