"""The one place where a rule's no becomes an answer: a page, an htmx fragment or problem+json, with its status."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import is_valid_path, reverse
from django.utils.translation import gettext as _

from samaki.interfaces.web.requests import ActorRequest
from samaki.kernel.audit.operations import record
from samaki.kernel.errors import DomainError, NotFound, Refused


def answer(request: ActorRequest, error: DomainError) -> HttpResponse:
    """`error` in the form the request asked for. A refusal that no operation has written to the audit trail, as
    of a read, is written here: the transaction that refused is already over. So is what somebody signed in did not
    find, since what is out of her sight is answered alike; an address that leads nowhere is no such thing."""
    if not error.recorded and isinstance(error, Refused):
        _record(request, "refused", error)
    elif not error.recorded and isinstance(error, NotFound) and request.actor.user_id is not None:
        _record(request, "not_found", error)
    if _wants_json(request):
        body = {
            "type": "about:blank",
            "title": error.message,
            "status": error.status,
            "code": error.code,
            "field": error.field,
        }
        return JsonResponse(body, status=error.status, content_type="application/problem+json")
    template = "errors/fragment.html" if getattr(request, "htmx", False) else "errors/error.html"
    return _shown(request, error.status, template, error)


def _shown(request: HttpRequest, status: int, template: str, error: DomainError | None = None) -> HttpResponse:
    context = {
        "title": title(status),
        "status": status,
        "message": error.message if error else "",
        "second_factor": bool(error and error.code == "second_factor_wanted"),
    }
    return render(request, template, context, status=status)


def _wants_json(request: HttpRequest) -> bool:
    accept = request.headers.get("Accept", "")
    return "json" in accept and "text/html" not in accept


def _record(request: ActorRequest, action: str, error: DomainError) -> None:
    match = request.resolver_match
    details: dict[str, object] = {"code": error.code}
    if match:
        about = {name: str(value).replace("\0", "") for name, value in match.kwargs.items()}  # PostgreSQL keeps no NUL
        details |= {"method": request.method or "", "about": about}
    record(request.actor, action, ("route", match.view_name if match else "unknown"), refused=True, details=details)
    error.recorded = True


def title(status: int) -> str:
    """What happened, in the reader's words."""
    titles = {
        400: _("The system could not read this request"),
        403: _("You do not have permission to see this"),
        404: _("Not found"),
        405: _("This page does not open by itself"),
        409: _("Something has changed meanwhile"),
        422: _("This entry cannot be taken as it is"),
    }
    return titles.get(status, _("The system has a problem"))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _shown(request, 400, "errors/error.html")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _shown(request, 403, "errors/error.html")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _shown(request, 404, "errors/error.html")


def only_entries(request: HttpRequest, refusal: HttpResponse) -> HttpResponse:
    """A page for an address that takes entries only. It is asked for alone where a page that answered to entries is
    loaded again, or read on in the other language; a browser would show an empty answer as its own error."""
    context = {"title": title(405), "status": 405, "back": _above(request.path)}
    shown = render(request, "errors/error.html", context, status=405)
    shown.headers["Allow"] = refusal.headers.get("Allow", "")
    return shown


def _above(path: str) -> str:
    """The nearest address over this one that leads somewhere."""
    parts = path.strip("/").split("/")
    for length in range(len(parts) - 1, 0, -1):
        above = "/" + "/".join(parts[:length]) + "/"
        if is_valid_path(above):
            return above
    return reverse("home")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "errors/csrf.html", {"title": _("This page is too old to send")}, status=403)


def broken(request: HttpRequest) -> HttpResponse:
    """A page for 500 that asks nothing of the database, the session or the user."""
    return render(None, "errors/broken.html", {"title": title(500)}, status=500)
