"""The settings of ODK Collect as the code that it scans when a project is added."""

from __future__ import annotations

import base64
import json
import zlib

import qrcode
from django.utils.html import format_html
from django.utils.safestring import SafeString

QUIET = 4  # modules of white around a code, by its standard


def settings_of(*, server_url: str, username: str, password: str, project: str, language: str) -> dict[str, object]:
    """What Collect takes over; every setting left out goes back to its default. The list of forms follows the server,
    so that nobody downloads by hand."""
    return {
        "general": {
            "protocol": "odk_default",
            "server_url": server_url,
            "username": username,
            "password": password,
            "form_update_mode": "match_exactly",
            "periodic_form_updates_check": "every_one_hour",
            "automatic_update": True,
            "autosend": "wifi_and_cellular",
            "analytics": False,
            "app_language": language,
        },
        "admin": {},
        "project": {"name": project, "icon": project[:1], "color": "#0B5D5B"},
    }


def payload(settings: dict[str, object]) -> str:
    """Base64 of the zlib-compressed JSON."""
    told = json.dumps(settings, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(zlib.compress(told.encode(), 9)).decode()


def code(text: str, label: str) -> SafeString:
    """The QR code as SVG that a strict content security policy shows: attributes alone, no style."""
    drawn = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_L, border=QUIET)
    drawn.add_data(text)
    drawn.make(fit=True)
    rows = drawn.get_matrix()
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return format_html(
        '<svg class="qr" role="img" aria-label="{0}" viewBox="0 0 {1} {1}" width="320" height="320"'
        ' shape-rendering="crispEdges">'
        '<rect width="{1}" height="{1}" fill="#fff"/><path d="{2}" fill="#000"/></svg>',
        label,
        len(rows),
        path,
    )
