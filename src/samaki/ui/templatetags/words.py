from __future__ import annotations

from django import template

from samaki.ui import words

register = template.Library()
register.filter("number", words.number)
register.filter("period", words.period)
register.filter("day", words.day)
register.filter("moment", words.moment)
register.filter("counted", words.counted)
register.filter("money", words.money)
register.filter("figure_words", words.figure)
register.simple_tag(words.ratio, name="ratio")
register.simple_tag(words.span, name="span")
register.simple_tag(words.days, name="days")


@register.filter
def long_day(value: object) -> str:
    """The date as running text has it."""
    return words.day(value, long=True)  # type: ignore[arg-type]  # templates pass whatever the view gave


@register.filter
def named(thing: object) -> str:
    """The name of a thing that has one in Khmer and one in English or Latin letters, in the language in use."""
    km = getattr(thing, "name_km", "") or getattr(thing, "title_km", "")
    other = next((text for part in ("name_en", "name_latin", "title_en") if (text := getattr(thing, part, ""))), "")
    return words.in_language({"km": km, "en": other})


@register.filter
def note_tone(level: str) -> str:
    """The tone of a note for the level of a message."""
    return {"success": "good", "warning": "warn", "error": "bad"}.get(level, "")
