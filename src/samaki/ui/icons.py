"""Icons drawn for this project, 24 × 24, one stroke; no file of their own, no other site."""

from __future__ import annotations

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

PATHS = {
    "home": "M3 11l9-8 9 8M6 9v11h12V9M10 20v-6h4v6",
    "activity": "M5 4h14v16H5zM9 2v4M15 2v4M8 11h8M8 15h5",
    "chart": "M4 20V4M4 20h16M8 16v-4M12.5 16V8M17 16v-6",
    "more": "M5 7h14M5 12h14M5 17h14",
    "people": "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7M2.5 20c.5-4 3-6 6.5-6s6 2 6.5 6"
    "M16 4.5a3.5 3.5 0 0 1 0 6.5M18 14.5c2 .8 3.3 2.6 3.5 5.5",
    "user": "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8M4 21c.7-4.5 3.7-7 8-7s7.3 2.5 8 7",
    "check": "M4 12.5l5.5 5.5L20 6.5",
    "back": "M15 5l-7 7 7 7",
    "next": "M9 5l7 7-7 7",
    "download": "M12 3v12M7 10.5l5 5 5-5M4 20h16",
    "upload": "M12 16V4M7 9l5-5 5 5M4 20h16",
    "lock": "M6 11h12v10H6zM9 11V7.5a3 3 0 0 1 6 0V11",
    "exit": "M14 4h5v16h-5M4 12h11M11 7.5l4.5 4.5-4.5 4.5",
    "plus": "M12 5v14M5 12h14",
    "search": "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13M15.5 15.5L21 21",
    "warning": "M12 4l9.5 16h-19zM12 10v4.5M12 17.3v.2",
    "print": "M7 9V3h10v6M7 17H4V9h16v8h-3M7 14h10v7H7z",
    "place": "M12 21s7-6.5 7-11.5a7 7 0 0 0-14 0C5 14.5 12 21 12 21M12 12a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5",
    "file": "M6 2.5h8l4.5 4.5v14.5H6zM14 2.5V7h4.5",
    "eye": "M2 12s3.5-6.5 10-6.5S22 12 22 12s-3.5 6.5-10 6.5S2 12 2 12M12 14.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5",
    "language": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M3 12h18M12 3c3 3 3.5 15 0 18M12 3c-3 3-3.5 15 0 18",
}


def icon(name: str, label: str = "") -> SafeString:
    """Inline SVG; decoration for screen readers where it has no label. Raises KeyError for an unknown name."""
    spoken = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    box = f'viewBox="0 0 24 24" focusable="false" {spoken}'
    return mark_safe(f'<svg class="icon" {box}><path d="{PATHS[name]}"/></svg>')  # noqa: S308  # the label is escaped
