"""The audit trail as a page: who did what and when, in which programme, refused or not. What a reason or a record says
stays in the trail itself: it may name somebody."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Iterable, Mapping

from django import forms
from django.http import HttpResponse, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from samaki.ground.organisations.models import Organisation
from samaki.ground.organisations.queries import organisations_for
from samaki.ground.programmes.models import Programme, ProgrammeRole
from samaki.ground.programmes.queries import programmes_for
from samaki.interfaces.web.acts import ACTS, OBJECTS
from samaki.interfaces.web.requests import ActorRequest, page
from samaki.kernel.actors import PUBLIC, Role, System
from samaki.kernel.audit.models import AuditEntry
from samaki.kernel.audit.queries import entries
from samaki.kernel.panels import MenuEntry, menu
from samaki.kernel.policy import RULES, Action
from samaki.kernel.sealed import SALT_BYTES, SealBroken, filled, new_salt, seal, unseal
from samaki.ui.templatetags.words import named

PER_PAGE = 50
MARK_BYTES = 32
READERS: frozenset[Role] = frozenset(RULES[Action.READ_AUDIT])


class Narrowed(forms.Form):
    """What of the trail; all of it may be left out."""

    programme = forms.ChoiceField(label=gettext_lazy("Programme"), required=False)
    organisation = forms.ChoiceField(label=gettext_lazy("Organisation"), required=False)
    day = forms.DateField(
        label=gettext_lazy("Date"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    refused = forms.BooleanField(label=gettext_lazy("Only what was refused"), required=False)

    def __init__(self, data: QueryDict | None, programmes: list[Programme], organisations: list[Organisation]) -> None:
        super().__init__(data)
        for name, offered in (("programme", programmes), ("organisation", organisations)):
            choices = [("", _("All")), *((one.key, named(one)) for one in offered)]
            self.fields[name].choices = choices  # type: ignore[attr-defined]  # of a ChoiceField


@require_GET
def trail(request: ActorRequest) -> HttpResponse:
    """A page of acts, the latest first. Refused to whoever may read no trail."""
    readable = entries(request.actor)
    programmes = list(programmes_for(request.actor, Action.READ_AUDIT))
    organisations = _organisations(request, programmes)
    form = Narrowed(request.GET or None, programmes, organisations)
    said = form.cleaned_data if form.is_valid() else {}
    since, until = _span(said.get("day"))
    found = (
        entries(
            request.actor,
            programme_id=next((one.pk for one in programmes if one.key == said.get("programme")), None),
            organisation_id=next((one.pk for one in organisations if one.key == said.get("organisation")), None),
            since=since,
            until=until,
            refused=True if said.get("refused") else None,
        )
        if not form.errors
        else readable.none()
    )
    if after := _opened(request, request.GET.get("after", "")):
        found = found.filter(pk__lt=after)
    listed = list(found[: PER_PAGE + 1])
    shown = listed[:PER_PAGE]
    context = {
        "form": form,
        "rows": _rows(shown, programmes),
        "next_after": _mark(request, shown[-1].pk) if len(listed) > PER_PAGE else None,
        "filtered": bool(said and any(said.values())),
    }
    return page(request, "web/trail.html", context, status=422 if form.errors else 200)


def _mark(request: ActorRequest, entry_id: int) -> str:
    """Where the next page goes on, sealed. Acts are numbered through, those of her side too: whoever could read the
    numbers of what he sees, or try others, would see by the gaps when her side was at work, and how much."""
    salt = new_salt()
    text = seal(filled(str(entry_id), MARK_BYTES), salt=salt, context=_context(request))
    return base64.urlsafe_b64encode(salt + text).decode()


def _opened(request: ActorRequest, mark: str) -> int | None:
    """None for what was not given to this user as a mark."""
    try:
        text = base64.urlsafe_b64decode(mark)
        return int(unseal(text[SALT_BYTES:], salt=text[:SALT_BYTES], context=_context(request)).rstrip("\0"))
    except (SealBroken, ValueError):
        return None


def _context(request: ActorRequest) -> str:
    return f"trail mark:{request.actor.user_id}"


def _organisations(request: ActorRequest, programmes: Iterable[Programme]) -> list[Organisation]:
    """Those that take part in a programme whose trail is read, and those whose own is."""
    part = ProgrammeRole.objects.filter(programme__in=programmes).values("organisation_id")
    within = Organisation.objects.filter(pk__in=part)
    own = organisations_for(request.actor, Action.READ_AUDIT)
    whole = {
        one.organisation_id
        for one in request.actor.grants
        if one.programme_id is None and one.organisation_id is not None and one.role in READERS
    }
    found = {one.pk: one for one in [*within, *own.filter(pk__in=whole)]}
    return sorted(found.values(), key=lambda one: (one.name_latin, one.pk))


def _span(day: dt.date | None) -> tuple[dt.datetime | None, dt.datetime | None]:
    """The first moment of the day and of the next, in the site's time."""
    if day is None or day == dt.date.max:
        return None, None
    first = dt.datetime.combine(day, dt.time.min)
    return timezone.make_aware(first), timezone.make_aware(first + dt.timedelta(days=1))


def _rows(found: Iterable[AuditEntry], programmes: Iterable[Programme]) -> list[Mapping[str, object]]:
    listed = list(found)
    where = {one.pk: named(one) for one in programmes}
    ids = {one.organisation_id for one in listed if one.organisation_id is not None}
    whose = {one.pk: named(one) for one in Organisation.objects.filter(pk__in=ids)}
    known = {System("").name: _("the system"), PUBLIC.name: _("somebody not signed in")}
    return [
        {
            "at": one.at,
            "who": known.get(one.actor_name, one.actor_name) if one.actor_id is None else one.actor_name,
            "act": ACTS.get(one.action, one.action),
            "object": f"{OBJECTS.get(one.object_type, one.object_type)} {one.object_id}".strip(),
            "where": " · ".join(
                word for word in (where.get(one.programme_id or 0), whose.get(one.organisation_id or 0)) if word
            ),
            "with_reason": bool(one.reason),
            "refused": one.refused,
        }
        for one in listed
    ]


menu.register(
    MenuEntry(
        "audit_trail",
        gettext_lazy("Audit trail"),
        "audit_trail",
        gettext_lazy("Oversight"),
        gettext_lazy("Who did what, and what was refused"),
        READERS,
        order=50,
    )
)
