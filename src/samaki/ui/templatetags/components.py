"""Components as template tags; the components page (/ui on the example site) shows each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django import template
from django.forms import BaseForm, BoundField, CheckboxInput, CheckboxSelectMultiple, FileInput, RadioSelect
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from samaki.kernel.figures import Figure
from samaki.ui import icons, words
from samaki.ui.entries import DayWidget
from samaki.ui.statuses import SHAPES, STATUSES, Tone
from samaki.ui.tables import Entry, Table

register = template.Library()
MOST_ON_A_PHONE = 3  # columns that stand side by side in 360 px
GROUPED = (RadioSelect, CheckboxSelectMultiple, DayWidget)  # several controls under one legend
register.simple_tag(icons.icon, name="icon")


@register.simple_tag
def status(key: str, word: str = "", tone: str = "") -> SafeString:
    """The status by its key, or any `word` with a tone (good, wait, warn, bad, plain)."""
    known = STATUSES.get(key)
    shown = Tone(tone) if tone else known.tone if known else Tone.PLAIN
    text = word or (known.word if known else key)
    shape = mark_safe(f'<svg viewBox="0 0 16 16" aria-hidden="true" fill="currentColor">{SHAPES[shown]}</svg>')  # noqa: S308
    return format_html('<span class="status {}">{}{}</span>', shown.value, shape, text)


@register.inclusion_tag("ui/button.html")
def button(
    label: str,
    kind: str = "primary",
    href: str = "",
    icon: str = "",
    name: str = "",
    value: str = "",
    confirm: str = "",
    type: str = "submit",
    id: str = "",
) -> Mapping[str, object]:
    """A button; with an address, a link that looks like one. `kind`: primary, secondary, danger, quiet, big."""
    return {
        "label": label,
        "kind": kind,
        "href": href,
        "icon": icon,
        "name": name,
        "value": value,
        "confirm": confirm,
        "type": type,
        "id": id,
    }


@register.inclusion_tag("ui/field.html")
def field(bound: BoundField, hint: str = "", optional: bool | None = None) -> Mapping[str, object]:
    """A form's field with label, hint and error; the three are tied together for screen readers. `optional` says so
    beside the label; None: where the field is not required."""
    described = [f"{bound.auto_id}_hint"] if hint or bound.help_text else []
    described += [f"{bound.auto_id}_error"] if bound.errors else []
    widget = bound.field.widget
    attributes: dict[str, str | bool] = {"aria-describedby": " ".join(described)} if described else {}
    if bound.errors:
        attributes["aria-invalid"] = "true"
    grouped = isinstance(widget, GROUPED)
    return {
        "bound": bound,
        "control": bound.as_widget(attrs=attributes),
        "hint": hint or bound.help_text,
        "single_choice": isinstance(widget, CheckboxInput),
        "grouped": grouped,
        "file": isinstance(widget, FileInput),
        "described": " ".join(described),
        "optional": not bound.field.required and not isinstance(widget, CheckboxInput)
        if optional is None
        else optional,
    }


@register.inclusion_tag("ui/fields.html")
def fields(form: BaseForm) -> Mapping[str, object]:
    """All fields of a form, hidden ones too."""
    return {"form": form}


@register.inclusion_tag("ui/error_summary.html")
def error_summary(*forms: BaseForm | None) -> Mapping[str, object]:
    """Every error of the forms at the top of the page, each a link to its field; it takes the focus."""
    found: list[tuple[str, str]] = []
    for form in forms:
        if form is None or not form.is_bound:
            continue
        found += [("", str(error)) for error in form.non_field_errors()]
        for bound in form:
            target = f"{bound.auto_id}_0" if isinstance(bound.field.widget, GROUPED) else bound.auto_id
            label = str(bound.label).rstrip(" .?:។៖")  # one mark between the two, not two
            found += [(target, _("%(field)s: %(error)s") % {"field": label, "error": e}) for e in bound.errors]
    return {"errors": found}


@register.inclusion_tag("ui/table.html")
def table(table: Table) -> Mapping[str, object]:
    """Rows under their columns. On a phone a row of more than three columns is a card with its labels beside it."""

    def placed(row: Sequence[Entry]) -> list[tuple[Entry, bool, bool, str | Promise]]:
        return [(cell, at == 0, table.columns[at].numeric, table.columns[at].label) for at, cell in enumerate(row)]

    return {
        "table": table,
        "rows": [placed(row) for row in table.rows],
        "foot": placed(table.foot),
        "cards": len(table.columns) > MOST_ON_A_PHONE,
    }


@register.inclusion_tag("ui/figure.html")
def figure(figure: Figure, label: str = "", href: str = "", tag: str = "h3", details: str = "") -> Mapping[str, object]:
    """The big number, linked to its rows. Unknown is a word and never 0; hidden says so with its reason; a ratio prints
    both numbers; a range both ends. `href` opens the rows, `details` the indicator."""
    ranged = figure.low is not None and figure.high is not None and figure.low != figure.high
    known = not figure.suppressed and (figure.value is not None or figure.numerator is not None or ranged)
    return {
        "figure": figure,
        "shown": words.figure(figure),
        "ranged": ranged and not figure.suppressed,
        "word": not known,
        "label": label,
        "href": href,
        "tag": tag,
        "details": details,
        "apart": [(words.APART[key], number) for key, number in figure.apart],
    }


@register.inclusion_tag("ui/empty.html")
def empty(message: str, label: str = "", href: str = "", icon: str = "file") -> Mapping[str, object]:
    """What a list says when it holds nothing, and the way to the first entry."""
    return {"message": message, "label": label, "href": href, "icon": icon}


@register.inclusion_tag("ui/bar.html")
def progress_bar(value: int, maximum: int, label: str) -> Mapping[str, object]:
    """How far something has come, in words and as a bar."""
    return {"value": value, "maximum": maximum, "label": label}


@register.inclusion_tag("ui/pager.html", takes_context=True)
def pager(
    context: template.Context,
    next_after: int | str | None,
    total: int | None = None,
    shown: int | None = None,
    key: str = "after",
) -> Mapping[str, object]:
    """Next page by its keyset mark, and back to the first; the other parameters of the address stay."""
    query = context["request"].GET.copy()
    started = key in query
    query.pop(key, None)
    first = query.urlencode()
    if next_after is not None:
        query[key] = str(next_after)
    return {
        "first": f"?{first}" if started else "",
        "next": f"?{query.urlencode()}" if next_after is not None else "",
        "total": total,
        "shown": shown,
    }


@register.inclusion_tag("ui/tasks.html")
def task_list(tasks: list[Mapping[str, object]]) -> Mapping[str, object]:
    """Tasks as {"label", "href", "status" (a key), "word"?, "hint"?}: what is owed and how far each is."""
    return {"tasks": tasks}


@register.inclusion_tag("ui/filters.html", takes_context=True)
def filter_bar(context: template.Context, form: BaseForm, target: str = "") -> Mapping[str, object]:
    """The filters of a list, sent by GET; with `target` htmx swaps only that part."""
    return {"form": form, "target": target, "path": context["request"].path}
