"""The steps of a pathway in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from samaki.ground.activities.models import Activity
from samaki.strands.learning.models import Assessment, Certification, CoachingVisit, FollowUp, Series
from samaki.strands.learning.queries.pathway import Kind, Step
from samaki.ui import words
from samaki.ui.statuses import Tone
from samaki.ui.templatetags.words import named

WORDS: Mapping[Kind, tuple[str | Promise, Tone]] = {
    Kind.JOINED: (gettext_lazy("Joined a group"), Tone.PLAIN),
    Kind.ATTENDED: (gettext_lazy("Attended"), Tone.PLAIN),
    Kind.COMPLETED: (gettext_lazy("Completed"), Tone.GOOD),
    Kind.ASSESSED: (gettext_lazy("Assessed"), Tone.WAIT),
    Kind.CERTIFIED: (gettext_lazy("Certified"), Tone.GOOD),
    Kind.LED: (gettext_lazy("Led"), Tone.GOOD),
    Kind.COACHED: (gettext_lazy("Coached"), Tone.WAIT),
    Kind.FOLLOWED_UP: (gettext_lazy("Followed up"), Tone.WAIT),
    Kind.WITHDRAWN: (gettext_lazy("Certificate withdrawn"), Tone.BAD),
    Kind.LEFT: (gettext_lazy("Left a group"), Tone.PLAIN),
}


@dataclass(frozen=True)
class Line:
    """`href` opens what the line is about; `notes` is the address that opens sealed notes."""

    when: str
    word: str
    tone: str
    about: str
    detail: str
    href: str = ""
    notes: str = ""


def described(steps: Iterable[Step]) -> list[Line]:
    return [_line(step) for step in steps]


def _line(step: Step) -> Line:
    word, tone = WORDS[step.kind]
    return Line(
        when=words.days(step.on, step.until),
        word=str(word),
        tone=tone.value,
        about=named(step.about) if step.about is not None else "",
        detail=_detail(step),
        href=_href(step),
        notes=reverse("visit_notes", args=[step.record.pk])
        if isinstance(step.record, CoachingVisit) and step.record.notes
        else "",
    )


def _detail(step: Step) -> str:
    match step.kind:
        case Kind.ATTENDED | Kind.LED | Kind.COMPLETED:
            return _("%(n)s of %(of)s sessions") % {"n": step.n, "of": step.of}
        case Kind.ASSESSED:
            return str(Assessment.Result(step.detail).label)
        case Kind.CERTIFIED:
            return str(Certification.Kind(step.detail).label)
        case Kind.FOLLOWED_UP:
            return str(FollowUp.Applied(step.detail).label)
        case _other:
            return step.detail


def _href(step: Step) -> str:
    if isinstance(step.record, Certification):
        return reverse("certificate", args=[step.record.pk])
    if isinstance(step.about, Series):
        return reverse("series", args=[step.about.key])
    if isinstance(step.about, Activity):
        return reverse("activity", args=[step.about.key])
    return ""
