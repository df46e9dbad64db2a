"""Coming in, going out, the idle lock and the language. Passwords and second factors themselves are allauth's."""

from __future__ import annotations

import time

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from samaki.ground.accounts.models import User
from samaki.ground.accounts.queries import is_example_site
from samaki.interfaces.web import idle, second_factor
from samaki.interfaces.web.requests import page
from samaki.kernel.errors import Refused

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@login_not_required
@require_POST
def sign_in_as_example(request: HttpRequest, username: str) -> HttpResponse:
    """One tap into an example account. Refused as soon as one real account exists, whatever the form said."""
    user = User.objects.filter(username=username, is_example=True, is_active=True).first()
    if user is None or not is_example_site():
        raise Refused("not_an_example_site", _("One-tap sign-in is only for example users on an example site."))
    language = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    logout(request)
    login(request, user, backend=BACKEND)
    request.session[second_factor.EXAMPLE] = True
    if language in {code for code, _name in settings.LANGUAGES} and language != user.language:
        user.language = str(language)
        user.save(update_fields=["language"])
    return redirect(idle.safe_next(request, request.POST.get("next", "")))


@login_not_required
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Keeps the language in this browser, and in the account of whoever is signed in."""
    code = request.POST.get("language", "")
    response = redirect(idle.safe_next(request, request.POST.get("next", "")))
    if code in {known for known, _name in settings.LANGUAGES}:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            code,
            max_age=365 * 24 * 3600,
            samesite="Lax",
            httponly=True,
            secure=settings.HTTPS,
        )
        if request.user.is_authenticated and request.user.language != code:
            request.user.language = code
            request.user.save(update_fields=["language"])
    return response


@login_not_required
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Quick exit: the session is over; the browser has already gone elsewhere."""
    logout(request)
    return HttpResponse(status=204)


@require_POST
def lock(request: HttpRequest) -> HttpResponse:
    idle.lock(request)
    return HttpResponse(status=204)


@require_POST
def still_here(request: HttpRequest) -> HttpResponse:
    """Somebody types without sending anything: the middleware has just marked the session as used."""
    return HttpResponse(status=204)


@require_http_methods(["GET", "POST"])
def unlock(request: HttpRequest) -> HttpResponse:
    """The password again, or one tap for an example user; the second factor of the session still counts."""
    assert isinstance(request.user, User)
    target = idle.safe_next(request, request.POST.get("next", "") or request.GET.get("next", ""))
    sealed = request.POST.get("kept", "")
    if request.method == "GET":
        return page(request, "account/unlock.html", {"next": target, **_asked(request, request.user)})
    asked = _asked(request, request.user)
    from_page = request.headers.get("X-Requested-With") == "fetch"
    if not _is_herself(request, request.user):
        return (
            HttpResponse(status=422)
            if from_page
            else page(
                request, "account/unlock.html", {"next": target, "kept": sealed, "wrong": True, **asked}, status=422
            )
        )
    idle.unlock(request, now=time.time())
    if from_page:
        return HttpResponse(status=204)
    again = idle.kept(request, sealed)
    if again:
        return page(request, "account/send_again.html", {"path": again[0], "entries": again[1]})
    return redirect(target)


def _asked(request: HttpRequest, user: User) -> dict[str, object]:
    """Why the page asks, and whether the second factor may answer instead of the password."""
    said = idle.why(request)
    return {**said, "by_second_factor": bool(said["cases_ask"]) and is_mfa_enabled(user)}


def _is_herself(request: HttpRequest, user: User) -> bool:
    if request.session.get(second_factor.EXAMPLE) and user.is_example and is_example_site():
        return True
    found = authenticate(request, username=user.get_username(), password=request.POST.get("password", ""))
    return found is not None and found.pk == user.pk
