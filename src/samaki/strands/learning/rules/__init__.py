"""What learning goes by, by subject. Pure: no database, no clock."""

from samaki.strands.learning.rules.follow_ups import EARLIEST, LATEST, in_window, months_after

__all__ = ["EARLIEST", "LATEST", "in_window", "months_after"]
