"""Between Django and the pages: language, idle lock, who acts, and rules that said no."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import cast

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from samaki.ground.accounts.queries import actor_of, is_example_site
from samaki.interfaces.web import errors, idle, second_factor
from samaki.interfaces.web.requests import ActorRequest
from samaki.kernel.actors import PUBLIC
from samaki.kernel.errors import DomainError

Next = Callable[[HttpRequest], HttpResponseBase]
LANGUAGES = frozenset(code for code, _ in settings.LANGUAGES)


def language(get_response: Next) -> Next:
    """The language somebody chose: the account's, else this browser's cookie, else the site's. The browser's own list
    is not asked: phones here are sold set to English."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        chosen = request.user.language if request.user.is_authenticated else None
        chosen = chosen or request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        code = chosen if chosen in LANGUAGES else settings.LANGUAGE_CODE
        translation.activate(code)
        request.LANGUAGE_CODE = code
        response = get_response(request)
        response.headers.setdefault("Content-Language", code)
        patch_vary_headers(cast(HttpResponse, response), ("Cookie",))
        return response

    return middleware


class Actors:
    """Puts `request.actor` on every request, ends the sessions of example users on a real site, keeps the idle lock,
    and answers a DomainError in the asker's form."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: ActorRequest) -> HttpResponseBase:
        request.actor = PUBLIC
        if not request.user.is_authenticated:
            return self.get_response(request)
        user = request.user
        if user.is_example and not is_example_site():
            logout(request)  # one tap or a printed password opened it; now the site holds somebody real
            return self.get_response(request)
        response = idle.locked_answer(request, now=time.time())
        if response is None:
            request.actor = actor_of(user, on=timezone.localdate(), second_factor=second_factor.given(request, user))
            response = self.get_response(request)
            by_hand = request.method == "GET" and "text/html" in request.headers.get("Accept", "")
            if response.status_code == 405 and by_hand:
                response = errors.only_entries(request, cast(HttpResponse, response))
        response.headers["Cache-Control"] = "no-store"  # what a signed-in person saw stays out of the browser's disk
        return response

    def process_exception(self, request: ActorRequest, exception: Exception) -> HttpResponse | None:
        return errors.answer(request, exception) if isinstance(exception, DomainError) else None
