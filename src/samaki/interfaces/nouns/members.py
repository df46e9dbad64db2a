"""Who belongs to a group, in which role and from which organisation, over time: for those who keep its people."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from samaki.ground.groups import operations, queries
from samaki.ground.groups.models import Group, GroupRole, Membership
from samaki.ground.organisations.models import Organisation
from samaki.ground.organisations.queries import organisations
from samaki.ground.people import queries as people
from samaki.ground.people.identities import Identity
from samaki.interfaces.nouns.people import MASK_AFTER, Reason, Search, rows_in_words
from samaki.kernel.actors import AnyActor
from samaki.kernel.policy import Action, may, refusal
from samaki.ui.entries import DayField, latin_digits
from samaki.ui.requests import ActorRequest, page, told_in
from samaki.ui.templatetags.words import named

MOST = 300  # memberships on the page
NUMBER = re.compile(r"[Pp]?0*([1-9][0-9]{0,11})")


class PersonNumberField(forms.Field):
    """A person's number, written 123 or P000123 in either script's digits."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.widget.attrs.update({"inputmode": "numeric", "autocomplete": "off", "class": "count"})

    def to_python(self, value: Any) -> Any:
        text = latin_digits(str(value or ""))
        if text in self.empty_values:
            return None
        found = NUMBER.fullmatch(text)
        if found is None:
            raise ValidationError(_("Please write the number of the person, such as 123."), code="invalid")
        return int(found[1])


class Place(forms.Form):
    """Role and organisation: what a membership says besides whose it is."""

    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=GroupRole.choices)
    representing = forms.ChoiceField(label=gettext_lazy("Organisation the member comes from"), required=False)

    def __init__(self, data: Any, actor: AnyActor, **options: Any) -> None:
        super().__init__(data, **options)
        self.organisations = {one.key: one for one in organisations(actor)}
        choices = [("", _("Not known, or none")), *((key, named(one)) for key, one in self.organisations.items())]
        self.fields["representing"].choices = choices  # type: ignore[attr-defined]  # of a ChoiceField

    def where(self) -> Organisation | None:
        return self.organisations.get(self.cleaned_data["representing"])


class Join(Place):
    person = PersonNumberField(label=gettext_lazy("Number of the person"))
    since = DayField(label=gettext_lazy("Member since"))
    field_order = ["person", "role", "representing", "since"]


class Change(Place):
    on = DayField(label=gettext_lazy("From this day on"))
    revision = forms.IntegerField(widget=forms.HiddenInput)


class Leave(forms.Form):
    until = DayField(label=gettext_lazy("First day no longer a member"))
    revision = forms.IntegerField(widget=forms.HiddenInput)


class Seen(forms.Form):
    revision = forms.IntegerField()


@require_http_methods(["GET", "POST"])
def members(request: ActorRequest, key: str) -> HttpResponse:
    """The members there are and were; by POST one more, a search for her number, or the names for a minute."""
    group = _group(request, key)
    posted, today = request.POST, timezone.localdate()
    join = Join(posted if "join" in posted else None, request.actor, initial={"since": today})
    search = Search(posted if "search" in posted else None)
    reason = Reason(posted if "names" in posted else None)
    if join.is_bound and join.is_valid():
        with told_in(join):
            operations.join_group(
                group=group,
                person_id=join.cleaned_data["person"],
                since=join.cleaned_data["since"],
                role=join.cleaned_data["role"],
                representing=join.where(),
                by=request.actor,
                at=timezone.now(),
            )
            messages.success(request, _("Kept as a member."))
            return redirect("group_members", key)
    found: list[dict[str, object]] | None = None
    if search.is_bound and search.is_valid():
        found, search = _found(request, group, search.cleaned_data["text"]), Search()
    listed = list(queries.history(request.actor, group)[:MOST])
    names: dict[int, Identity] = {}
    if reason.is_bound and reason.is_valid():
        with told_in(reason):
            ids = sorted({one.person_id for one in listed if one.person.withdrawn_at is None})
            names = people.reveal_many(request.actor, ids, reason.cleaned_data["reason"]) if ids else {}
    language = get_language() or "km"
    shown = [(one, names[one.person_id].name(language) if one.person_id in names else "") for one in listed]
    context = {
        "group": group,
        "join": join,
        "search": search,
        "reason": reason,
        "found": found,
        "now": [row for row in shown if _runs(row[0], today)],
        "before": [row for row in shown if not _runs(row[0], today)],
        "names": names,
        "mask_after": MASK_AFTER,
    }
    errors = any(form.errors for form in (join, search, reason))
    return page(request, "nouns/members.html", context, status=422 if errors else 200)


@require_http_methods(["GET", "POST"])
def member(request: ActorRequest, key: str, membership_id: int) -> HttpResponse:
    """One membership; by POST another role or organisation from a day on."""
    group = _group(request, key)
    found = queries.membership(request.actor, group, membership_id)
    form = Change(request.POST or None, request.actor, initial=_as_it_is(found))
    if request.method == "POST" and form.is_valid():
        with told_in(form):
            operations.change_role(
                membership=found,
                revision=form.cleaned_data["revision"],
                role=form.cleaned_data["role"],
                representing=form.where(),
                on=form.cleaned_data["on"],
                by=request.actor,
                at=timezone.now(),
            )
            messages.success(request, _("Saved."))
            return redirect("group_members", key)
    return _member(request, group, found, form, Leave(initial=_as_it_is(found) | {"until": timezone.localdate()}))


@require_POST
def step(request: ActorRequest, key: str, membership_id: int, step: str) -> HttpResponse:
    """End the membership, undo that, or take back one that never was."""
    group = _group(request, key)
    found = queries.membership(request.actor, group, membership_id)
    form: forms.Form = Leave(request.POST) if step == "leave" else Seen(request.POST)
    asked: dict[str, Any] = {"membership": found, "by": request.actor, "at": timezone.now()}
    if form.is_valid():
        asked["revision"] = form.cleaned_data["revision"]
        with told_in(form):
            if step == "leave":
                operations.leave_group(**asked, until=form.cleaned_data["until"])
            elif step == "stay":
                operations.undo_leaving(**asked)
            else:
                operations.undo_joining(**asked)
    if not form.errors:
        messages.success(request, _("Saved."))
        return redirect("group_members", key)
    change = Change(None, request.actor, initial=_as_it_is(found))
    leave = form if isinstance(form, Leave) else Leave(initial=_as_it_is(found) | {"until": timezone.localdate()})
    return _member(request, group, found, change, leave, failed=form)


def _member(
    request: ActorRequest,
    group: Group,
    found: Membership,
    change: Change,
    leave: Leave,
    *,
    failed: forms.Form | None = None,
) -> HttpResponse:
    wrong = change if change.errors else failed
    context = {"group": group, "one": found, "change": change, "leave": leave, "wrong": wrong}
    return page(request, "nouns/member.html", context, status=422 if wrong is not None else 200)


def _group(request: ActorRequest, key: str) -> Group:
    """The group, where the reader keeps its people: raises NotFound where it is out of sight, Refused where its people
    are."""
    found = queries.group(request.actor, key)
    where = {"organisation_id": found.organisation_id, "programme_id": found.programme_id}
    if not may(request.actor, Action.SEE_PEOPLE, **where, group_id=found.pk):
        raise refusal(request.actor, Action.SEE_PEOPLE)
    return found


def _found(request: ActorRequest, group: Group, text: str) -> list[dict[str, object]]:
    """Who of the organisation's list has such a name: numbers, never a name."""
    hits = people.search(request.actor, text, organisation_id=group.organisation_id)
    ids = [hit.person_id for hit in hits]
    rows = people.people(request.actor, on=timezone.localdate(), person_ids=ids, limit=len(ids) or 1).rows
    by_id = {row.id: row for row in rows}
    return rows_in_words([by_id[one] for one in ids if one in by_id])


def _runs(one: Membership, today: Any) -> bool:
    return one.until is None or one.until > today


def _as_it_is(one: Membership) -> dict[str, object]:
    representing = one.representing.key if one.representing else ""
    return {"role": one.role, "representing": representing, "on": timezone.localdate(), "revision": one.revision}
