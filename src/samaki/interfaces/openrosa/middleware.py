"""Outermost, so that no answer below /or/ leaves without its headers, nor as a page: a phone cannot read one."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils.http import http_date

from samaki.interfaces.openrosa import answers
from samaki.interfaces.web.errors import title

BELOW = "/or/"


def openrosa(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if not request.path_info.startswith(BELOW):
            return response
        if response.status_code >= 400 and response.headers.get("Content-Type") != answers.XML:
            response = answers.told(title(response.status_code), response.status_code)
        response["X-OpenRosa-Version"] = "1.0"
        if not request.META.get("SERVER_SOFTWARE", "").startswith("gunicorn"):  # it sends a Date of its own
            response["Date"] = http_date()
        return response

    return middleware
