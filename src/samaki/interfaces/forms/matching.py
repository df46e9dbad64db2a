"""Which question answers what: the form's fields beside those of the handler, tried on what was sent before."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from samaki.engines.fieldforms import queries
from samaki.engines.fieldforms.answers_of_forms import note_opening
from samaki.engines.fieldforms.handling import Sent, would_fail
from samaki.engines.fieldforms.models import Form, FormVersion, Submission
from samaki.engines.fieldforms.opening import answers_of
from samaki.engines.fieldforms.operations import matching
from samaki.engines.fieldforms.sensitive import is_t4
from samaki.engines.fieldforms.suggesting import Mapping_, key_of, suggested, suggested_values
from samaki.engines.fieldforms.xforms import Question
from samaki.interfaces.web.requests import ActorRequest, page
from samaki.kernel.actors import Actor
from samaki.kernel.errors import DomainError
from samaki.kernel.form_handlers import FormHandler, form_handlers
from samaki.kernel.policy import Action, reach, refusal

TRIED = 200  # of what was sent last
LISTED = 300  # questions; of more, one list for all fields is searched by typing


class HandlerForm(forms.Form):
    handler = forms.ChoiceField(label=gettext_lazy("What becomes of it"), required=False)

    def __init__(self, data: QueryDict | None, initial: str) -> None:
        super().__init__(data, initial={"handler": initial})
        choices = [("", _("Kept as data")), *((one.key, one.label) for one in form_handlers)]
        self.fields["handler"].choices = choices  # type: ignore[attr-defined]  # of a ChoiceField


@dataclass(frozen=True)
class Block:
    """The question that answers a field, or what is always so, and what its answers mean."""

    question: forms.BoundField
    always: forms.BoundField | None = None
    values: Sequence[forms.BoundField] = ()
    required: bool = False

    @property
    def always_open(self) -> bool:
        return self.always is not None and bool(self.always.value() or self.always.errors)


class MatchForm(forms.Form):
    """A choice for each field of the handler: the question that answers it, or what is always so."""

    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self, data: Any, handler: FormHandler, questions: Sequence[Question], repeats: Sequence[str], mapping: Mapping_,
        revision: int,
    ) -> None:  # fmt: skip
        super().__init__(data, initial={"revision": revision})
        self.handler, self.questions = handler, {one.path: one for one in questions}
        chosen = {name: data.get(name) for name in data} if data is not None else {}
        for part in sorted({field.repeat for field in handler.fields if field.repeat}):
            named = next((str(step.label) for step in handler.steps if step.repeat == part), part)
            self._choose(f"part_{part}", _("Repeated part: %(name)s") % {"name": named},
                         [(path, path) for path in repeats], mapping["repeats"].get(part, ""))  # fmt: skip
        asked: dict[bool, list[tuple[str, str]]] = {True: [], False: []}
        for one in questions:
            asked[bool(one.repeat)].append((one.path, _label(one)))
        for field in handler.fields:
            key = key_of(field)
            name, offered = f"field_{key}", asked[bool(field.repeat)]
            self._choose(name, field.label, offered, mapping["fields"].get(key, ""), str(field.hint))
            if len(offered) > LISTED:  # a list for each field would make a page of megabytes
                self.fields[name].widget = forms.TextInput({"list": f"asked-{int(bool(field.repeat))}"})
            if not field.repeat:
                self._always(key, field.label, field.choices, mapping["constants"].get(key, ""))
            path = chosen.get(f"field_{key}") if data is not None else mapping["fields"].get(key)
            if field.choices and path in self.questions:
                self._values(key, str(field.label), self.questions[path], mapping)

    @property
    def blocks(self) -> Iterator[Block]:
        """What belongs to one field of the handler stands together on the page."""
        for part in sorted({field.repeat for field in self.handler.fields if field.repeat}):
            yield Block(self[f"part_{part}"])
        for field in self.handler.fields:
            key = key_of(field)
            always = self[f"always_{key}"] if f"always_{key}" in self.fields else None
            values = [self[name] for name in self.fields if name.startswith(f"value_{key}_")]
            yield Block(self[f"field_{key}"], always, values, field.required)

    @property
    def lists(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """The questions of a long form, by the name of the list that its entries search."""
        found = {}
        for name, entry in self.fields.items():
            if name.startswith("field_") and isinstance(entry.widget, forms.TextInput):
                found[entry.widget.attrs["list"]] = list(entry.choices)[1:]  # type: ignore[attr-defined]  # of a ChoiceField
        return list(found.items())

    def _choose(
        self, name: str, label: str | Promise, choices: Sequence[tuple[str, str]], initial: str, hint: str = ""
    ) -> None:
        offered = [("", _("Not asked")), *choices]
        self.fields[name] = forms.ChoiceField(
            label=str(label), choices=offered, required=False, initial=initial, help_text=hint
        )

    def _always(self, key: str, label: object, choices: Sequence[Any], initial: str) -> None:
        title = _("%(field)s, where it is always the same") % {"field": label}
        if choices:
            offered = [("", _("It differs")), *((one.key, one.label) for one in choices)]
            self.fields[f"always_{key}"] = forms.ChoiceField(
                label=title, choices=offered, required=False, initial=initial
            )
        else:
            self.fields[f"always_{key}"] = forms.CharField(label=title, max_length=200, required=False, initial=initial)

    def _values(self, key: str, label: str, question: Question, mapping: Mapping_) -> None:
        field = next(one for one in self.handler.fields if key_of(one) == key)
        known = mapping["values"].get(key) or suggested_values(field, question)
        for place, (value, km, en) in enumerate(question.choices[:100]):
            said = (km or en) if (get_language() or "km").startswith("km") else (en or km)
            self._choose(
                f"value_{key}_{place}",
                _("%(field)s: “%(answer)s” means") % {"field": label, "answer": said or value},
                [(one.key, str(one.label)) for one in field.choices],
                known.get(value, ""),
            )

    def mapping(self) -> Mapping_:
        found = Mapping_(fields={}, repeats={}, values={}, constants={})
        for name, chosen in self.cleaned_data.items():
            kind, _sign, key = name.partition("_")
            if not chosen or kind not in {"part", "field", "always"}:
                continue
            {"part": found["repeats"], "field": found["fields"], "always": found["constants"]}[kind][key] = chosen
        for key, path in found["fields"].items():
            found["constants"].pop(key, None)
            question = self.questions[path]
            values = {
                value: chosen
                for place, (value, _km, _en) in enumerate(question.choices[:100])
                if (chosen := self.cleaned_data.get(f"value_{key}_{place}"))
            }
            if values:
                found["values"][key] = values
        return found


@dataclass(frozen=True)
class Tried:
    """What the mapping would do to what was sent: of `sent`, so many would be recorded; why others would not."""

    sent: int
    recorded: int
    why: tuple[tuple[str, int], ...]

    @property
    def refused(self) -> int:
        return self.sent - self.recorded


@require_http_methods(["GET", "HEAD", "POST"])
def match(request: ActorRequest, form_id: int) -> HttpResponse:
    """GET chooses a handler and proposes; POST tries, and with `save` keeps."""
    found = queries.form(request.actor, form_id)
    if not queries.may_edit(request.actor, found):
        raise refusal(request.actor, Action.EDIT_FORMS)
    version = found.versions.exclude(state=FormVersion.State.WITHDRAWN).order_by("-pk").first()
    key = request.GET.get("handler", found.handler)
    chooser = HandlerForm(request.GET if "handler" in request.GET else None, found.handler)
    context: dict[str, object] = {"form": found, "chooser": chooser, "chosen": key, "entries": None}
    if not key or version is None:
        if request.method == "POST":
            matching.match(
                form=found, handler="", mapping={}, revision=found.revision, by=request.actor, at=timezone.now()
            )
            return redirect("form", form_id)
        return page(request, "forms/match.html", context)
    handler = matching.handler_named(key)
    questions = matching.questions_of(version)
    kept = found.mapping if found.handler == key and found.mapping else None
    mapping = _whole(kept) if kept else suggested(handler, questions, version.repeats)
    entries = MatchForm(
        request.POST if request.method == "POST" else None,
        handler,
        questions,
        sorted(version.repeats),
        mapping,
        found.revision,
    )
    context |= {"entries": entries, "handler": handler, "proposed": kept is None}
    if request.method == "POST" and entries.is_valid():
        with told_in_fields(entries):
            made = entries.mapping()
            matching.expect_good(handler, made, version, today=timezone.localdate())
            if "save" in request.POST:
                revision = entries.cleaned_data["revision"]
                matching.match(
                    form=found, handler=key, mapping=made, revision=revision, by=request.actor, at=timezone.now()
                )
                messages.success(request, _("Saved. What is sent from now on is recorded so."))
                return redirect("form", form_id)
            context["tried"] = tried(request.actor, found, handler, made)
    return page(request, "forms/match.html", context, status=422 if entries.errors else 200)


def tried(actor: Actor, form: Form, handler: FormHandler, mapping: Mapping_) -> Tried | None:
    """None where the actor opens nothing of what was sent."""
    if not reach(actor, Action.SEE_PEOPLE) or is_t4(form):
        return None
    found = queries.submissions(actor, form).filter(is_encrypted=False, form_version__isnull=False)
    latest = list(found.select_related("form").order_by("-pk")[:TRIED])
    if latest:
        note_opening(actor, form, "try_mapping", submissions=len(latest))
    # Plans are kept by form and revision; this mapping is nobody's yet and must not stand in for the form's own.
    tried_form = copy(form)
    tried_form.handler, tried_form.mapping = handler.key, dict(mapping)
    tried_form.revision = -secrets.randbelow(2**48) - 1
    why: Counter[str] = Counter()
    refused = 0
    for organisation_id, some in _by_organisation(latest):
        sent = [
            Sent(one.origin, answers_of(form.pk, one.instance_id, one.salt, one.answers), actor, one.received_at)
            for one in some
        ]
        faults = would_fail(tried_form, sent, organisation_id=organisation_id, at=timezone.now())
        refused += len(faults)
        for reasons in faults.values():
            why[_said(reasons[0], handler)] += 1
    return Tried(len(latest), len(latest) - refused, tuple(why.most_common(10)))


def _by_organisation(found: Sequence[Submission]) -> Iterator[tuple[int, list[Submission]]]:
    for organisation_id in sorted({one.organisation_id for one in found}):
        yield organisation_id, [one for one in found if one.organisation_id == organisation_id]


def _said(fault: DomainError, handler: FormHandler) -> str:
    label = next((str(field.label) for field in handler.fields if key_of(field) == fault.field), "")
    return f"{label}: {fault.message}" if label else fault.message


@contextmanager
def told_in_fields(entries: MatchForm) -> Iterator[None]:
    """As `told_in`, where a rule names the handler's field: its entry here is `field_…`."""
    try:
        yield
    except DomainError as error:
        if error.status in {403, 404}:
            raise
        name = f"field_{error.field}"
        entries.add_error(name if name in entries.fields else None, error.message)


def _whole(mapping: dict[str, Any]) -> Mapping_:
    return Mapping_(
        fields=mapping.get("fields", {}),
        repeats=mapping.get("repeats", {}),
        values=mapping.get("values", {}),
        constants=mapping.get("constants", {}),
    )


def _label(question: Question) -> str:
    said = (
        question.label_km or question.label_en
        if (get_language() or "km").startswith("km")
        else question.label_en or question.label_km
    )
    return f"{said[:80]} ({question.path})" if said else question.path
