"""The request as pages see it, and the few things every page does with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django_htmx.middleware import HtmxDetails

from samaki.kernel.actors import Actor
from samaki.kernel.errors import DomainError


class ActorRequest(HttpRequest):
    """A request after the middleware: `actor` is who acts, PUBLIC before sign-in."""

    actor: Actor
    htmx: HtmxDetails


def page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, object] | None = None,
    *,
    fragment: str | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page, or only `fragment` where htmx asked for a part of it."""
    htmx: HtmxDetails | None = getattr(request, "htmx", None)
    name = fragment if fragment and htmx and not htmx.boosted else template
    return render(request, name, dict(context or {}), status=status)


@contextmanager
def told_in(form: BaseForm) -> Iterator[None]:
    """A rule's no becomes an error of the form, at its field where it names one; render the form again with 422.

    Refused and NotFound pass through: no form can mend them.
    """
    try:
        yield
    except DomainError as error:
        if error.status in {403, 404}:
            raise
        form.add_error(error.field if error.field in form.fields else None, error.message)
