"""A job as a phone gets it: fields, words in both languages, screens. All of it comes from the registered handler, so a
new handler is a new job and nothing here knows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from samaki.engines.fieldforms.models import FormVersion
from samaki.interfaces.field.words import named
from samaki.kernel.form_handlers import Choice, FormHandler, HandlerField, Kind, Step, Tier, form_handlers

NUMBERS = frozenset({Kind.COUNT})


def handlers() -> list[FormHandler]:
    """Those with a job on the field pages, in their order. What is T4 never goes offline."""
    found = [handler for handler in form_handlers if handler.job is not None and handler.tier is not Tier.T4]
    return sorted(found, key=lambda handler: (handler.job or 0, handler.key))


def described(handler: FormHandler, version: FormVersion, programme_id: int) -> dict[str, object]:
    """`handler` as data for a programme, under the published version of its built-in form."""
    steps = handler.steps or derived_steps(handler.fields)
    asked = [field for step in steps for field in _fields_of(handler, step)]
    return {
        "key": handler.key,
        "form": version.form.key,
        "version": version.version,
        "label": named(handler.label),
        "hint": named(handler.hint) if handler.hint else None,
        "fields": [_field(field, programme_id) for field in asked],
        "steps": [
            {
                "key": step.key,
                "label": named(step.label),
                "fields": list(step.fields),
                "repeat": step.repeat,
                "optional": step.aside,
                "counts": not step.repeat and all(field.kind in NUMBERS for field in _fields_of(handler, step)),
            }
            for step in steps
        ],
        "sums": [{"total": total, "parts": list(parts)} for total, parts in handler.sums],
        "repeats": [
            {
                "key": step.repeat,
                "label": named(step.label),
                "step": step.key,
                "named": any(field.kind is Kind.PERSON for field in handler.fields if field.repeat == step.repeat),
                "aside": step.aside,
            }
            for step in steps
            if step.repeat
        ],
    }


def derived_steps(fields: Sequence[HandlerField]) -> tuple[Step, ...]:
    """For a handler that says none: each question a screen, numbers that follow each other on one, then the repeated
    parts; what need not be answered is aside."""
    found: list[Step] = []
    run: list[HandlerField] = []

    def end_of_numbers() -> None:
        if run:
            label = run[0].label if len(run) == 1 else _("Counts (screen of a form)")
            found.append(Step(run[0].key, label, tuple(field.key for field in run)))
            run.clear()

    for field in fields:
        if field.repeat:
            continue
        if field.kind in NUMBERS:
            run.append(field)
            continue
        end_of_numbers()
        found.append(Step(field.key, field.label, (field.key,), aside=not field.required))
    end_of_numbers()
    for repeat in dict.fromkeys(field.repeat for field in fields if field.repeat):
        own = tuple(field for field in fields if field.repeat == repeat)
        found.append(Step(repeat, own[0].label, tuple(field.key for field in own), repeat=repeat))
    return tuple(found)


def _fields_of(handler: FormHandler, step: Step) -> list[HandlerField]:
    return [handler.field(key, step.repeat) for key in step.fields]


def _field(field: HandlerField, programme_id: int) -> Mapping[str, object]:
    offered: Sequence[Choice] = field.choices
    if field.offers is not None and field.kind is Kind.TEXT:
        offered = field.offers(programme_id)
    return {
        "key": field.key,
        "kind": "choice" if offered else field.kind.value,
        "label": named(field.label),
        "hint": named(field.hint) if field.hint else None,
        "required": field.required,
        "repeat": field.repeat,
        "choices": [{"key": choice.key, "label": named(choice.label, choice.label_km)} for choice in offered],
    }
