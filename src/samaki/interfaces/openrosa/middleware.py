"""The door of phones stands outside the pages' own: no session, no cookie, no form token plays a part below /or/, and
what those cost is half of what a submission costs besides being stored. No answer leaves without its headers, nor as a
page, which a phone could not read.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.http import http_date
from django.utils.translation import gettext as _

from samaki.interfaces.openrosa import answers

BELOW = "/or/"
logger = logging.getLogger("samaki.openrosa")
Next = Callable[[HttpRequest], HttpResponseBase]


def openrosa(get_response: Next) -> Next:
    """Must stand first in MIDDLEWARE."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(BELOW):
            return get_response(request)
        if settings.SECURE_SSL_REDIRECT and not request.is_secure():
            return _marked(request, get_response(request))  # is sent on to HTTPS there, before anything is asked
        with translation.override(settings.LANGUAGE_CODE):  # until it is known who asks
            response = _answered(request)
        if response.status_code != 204:
            response["Content-Length"] = str(len(response.content))
        if request.method == "HEAD":
            response.content = b""
        if request.is_secure() and settings.SECURE_HSTS_SECONDS:
            response["Strict-Transport-Security"] = f"max-age={settings.SECURE_HSTS_SECONDS}"
        response["X-Content-Type-Options"] = "nosniff"
        response["Cache-Control"] = "no-store"
        return _marked(request, response)

    return middleware


def _answered(request: HttpRequest) -> HttpResponse:
    try:
        request.get_host()
        match = request.resolver_match = resolve(request.path_info)
        response: HttpResponse = match.func(request, *match.args, **match.kwargs)
    except DisallowedHost:
        return answers.told(_("This site does not answer to that name."), 400)
    except Resolver404:
        return answers.told(_("There is nothing at this address."), 404)
    except Exception:
        logger.exception("a phone could not be answered")
        return answers.told(_("The system has a problem. What is on the phone stays there; please send it later."), 500)
    return response


def _marked(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    response["X-OpenRosa-Version"] = "1.0"
    if response.status_code < 500:
        response._has_been_logged = True  # type: ignore[attr-defined]  # each phone begins with a 401: no news for a log
    if not request.META.get("SERVER_SOFTWARE", "").startswith("gunicorn"):  # it sends a Date of its own
        response["Date"] = http_date()
    return response
