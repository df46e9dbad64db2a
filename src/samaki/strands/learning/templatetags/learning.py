from __future__ import annotations

from collections.abc import Mapping

from django import template

from samaki.strands.learning.measures.generations import NAMES

register = template.Library()


@register.filter
def at(found: Mapping[int, str], key: int) -> str:
    """What the mapping holds for the key, "" where nothing."""
    return found.get(key, "")


@register.filter
def generation(key: str) -> str:
    """The generation in words."""
    return str(NAMES[key])


@register.filter
def gained(g: float) -> str:
    """A mean gain to two decimals."""
    return f"{g:.2f}"
