"""The app itself: one page without a word about anybody, its service worker and its manifest. All of it is public and
the same for everyone, so a phone may keep it."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from importlib import resources

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from samaki.interfaces.field.words import both

FILES = ("samaki/samaki.css", "field/field.css", "field/notes.svg", "field/app.min.js")


@login_not_required
@require_safe
@gzip_page  # nothing secret is in it
def shell(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(_page(translation.get_language() or "km"))
    response.headers["Cache-Control"] = "no-cache"
    return response


@login_not_required
@require_safe
@gzip_page
def service_worker(request: HttpRequest) -> HttpResponse:
    """The worker with the list of what it keeps; another version of anything makes it another worker."""
    shell_at = f"{reverse('field')}?v={version()}"
    text = "\n".join(
        f"const {name} = {json.dumps(value)};"
        for name, value in (
            ("VERSION", version()),
            ("SHELL", shell_at),
            ("FILES", [*_files(), reverse("field_manifest")]),
        )
    )
    response = HttpResponse(f"{text}\n{_source('sw.js')}", content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    return response


@login_not_required
@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """Name and picture say nothing of what the app is for: a phone lies on a table."""
    name = _("Notes (name of the app on a phone)")
    return JsonResponse(
        {
            "id": reverse("field"),
            "name": name,
            "short_name": name,
            "start_url": reverse("field"),
            "scope": reverse("field"),
            "display": "standalone",
            "background_color": "#F6F5F1",
            "theme_color": "#084644",
            "lang": translation.get_language(),
            "icons": [{"src": static("field/notes.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}],
        },
        content_type="application/manifest+json",
    )


@lru_cache(maxsize=1)
def version() -> str:
    """Changes with any byte of the app: scripts, style, words, the page around them."""
    seen = hashlib.sha256(json.dumps(_files()).encode())
    for name in ("app.min.js", "sw.js", "field.css"):
        seen.update(_source(name).encode())
    seen.update(_rendered("km", "").encode())
    return seen.hexdigest()[:16]


@lru_cache(maxsize=2)
def _page(language: str) -> str:
    return _rendered(language, version())


def _rendered(language: str, made: str) -> str:
    with translation.override(language):
        return render_to_string("field/shell.html", {"version": made, "words": both()})


def _files() -> list[str]:
    return [static(path) for path in FILES]


def _source(name: str) -> str:
    return resources.files("samaki.interfaces.field").joinpath("static", "field", name).read_text(encoding="utf-8")
