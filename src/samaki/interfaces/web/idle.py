"""The idle lock: after a while the session is locked, not ended, and nothing that was typed is lost.

The page covers itself (samaki.js) and the server refuses the session until the password is given again. Entries that
arrive at a locked session are handed back sealed, under a key kept in the session, and sent again after unlocking.
"""

from __future__ import annotations

import base64
import json
import time
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from samaki.ground.accounts.models import User
from samaki.interfaces.web import proof
from samaki.kernel.sealed import SealBroken, new_salt, seal, unseal

WARN_AFTER = 15 * 60
LOCK_AFTER = 20 * 60
SEEN, LOCKED, SALT = "seen_at", "locked", "kept_salt"
SEEN_EVERY = 60  # a write a minute is enough to know that somebody is there
OPEN_WHILE_LOCKED = frozenset({"unlock", "lock", "leave", "account_logout", "set_language"})


def locked_answer(request: HttpRequest, *, now: float) -> HttpResponseBase | None:
    """What a locked session, or one that must prove itself again for a page of cases, gets instead of its page; None
    where the session is in use. Marks it as used."""
    assert isinstance(request.user, User)
    session = request.session
    seen = session.get(SEEN)
    if seen is not None and now - seen >= LOCK_AFTER:
        session[LOCKED] = True
    if not session.get(LOCKED):
        if seen is None or now - seen >= SEEN_EVERY:
            session[SEEN] = now
        if not proof.is_wanted(request, request.user, now=now):
            return None
    if request.path in {reverse(name) for name in OPEN_WHILE_LOCKED}:
        return None
    return _asking(request)


def asking_again(request: HttpRequest) -> HttpResponseBase | None:
    """For a page that shows cases only sometimes, and so has no address of theirs: what it answers where she must prove
    herself again; None where she need not, or is not signed in."""
    user = request.user
    if not isinstance(user, User) or not proof.is_old(request, user, now=time.time()):
        return None
    return _asking(request)


def _asking(request: HttpRequest) -> HttpResponseBase:
    if request.headers.get("X-Requested-With") == "fetch" or request.headers.get("HX-Request") == "true":
        response = HttpResponse(status=401)
        response.headers["HX-Trigger"] = "samaki:locked"
        return response
    if request.method == "POST":
        context = {"kept": keep(request), "next": request.get_full_path(), **why(request)}
        return render(request, "account/unlock.html", context, status=401)
    return redirect(f"{reverse('unlock')}?next={quote(request.get_full_path())}")


def why(request: HttpRequest) -> dict[str, object]:
    """What the page that asks says: closed while nobody was there, or cases that ask again after some minutes."""
    return {"cases_ask": not request.session.get(LOCKED), "case_minutes": settings.CASE_MINUTES}


def lock(request: HttpRequest) -> None:
    request.session[LOCKED] = True


def unlock(request: HttpRequest, *, now: float) -> None:
    request.session.pop(LOCKED, None)
    request.session[SEEN] = now
    proof.given(request, now=now)


def keep(request: HttpRequest) -> str:
    """The posted entries, sealed for this session alone."""
    salt = request.session.setdefault(SALT, new_salt().hex())
    text = json.dumps([request.get_full_path(), request.POST.urlencode()])
    return base64.b64encode(seal(text, salt=bytes.fromhex(salt), context=f"kept:{request.user.pk}")).decode()


def kept(request: HttpRequest, sealed: str) -> tuple[str, list[tuple[str, str]]] | None:
    """Path and entries that `keep` sealed, or None where they are not of this session."""
    salt = request.session.get(SALT)
    if not sealed or not salt:
        return None
    try:
        text = unseal(base64.b64decode(sealed), salt=bytes.fromhex(salt), context=f"kept:{request.user.pk}")
    except (SealBroken, ValueError):
        return None
    path, encoded = json.loads(text)
    entries = [(name, value) for name, values in QueryDict(encoded).lists() for value in values]
    return path, [(name, value) for name, value in entries if name != "csrfmiddlewaretoken"]


def safe_next(request: HttpRequest, target: str) -> str:
    """`target` if it stays on this site, else home."""
    inside = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if inside and urlsplit(target).path else reverse("home")
