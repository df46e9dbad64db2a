from __future__ import annotations

from collections.abc import Mapping

from django import template

register = template.Library()


@register.filter
def at(found: Mapping[int, str], key: int) -> str:
    """What the mapping holds for the key, "" where nothing."""
    return found.get(key, "")
