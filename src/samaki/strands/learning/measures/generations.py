"""Generations of the cascade as a dimension."""

from __future__ import annotations

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from samaki.kernel.measures import Dimension
from samaki.strands.learning.rules.cascade import GENERATIONS, OF_LEADERS

NAMES = {
    OF_LEADERS[0]: _("Working group (generation 0)"),
    **{key: format_lazy(_("Generation {}"), key) for key in GENERATIONS[:-1]},
    GENERATIONS[-1]: _("Generation 9 and beyond"),
}


def of_generation(path: str) -> Dimension:
    return Dimension("generation", _("Generation"), path, labels=NAMES)
