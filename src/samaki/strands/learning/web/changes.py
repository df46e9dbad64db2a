"""What people answered before and after: each training and instrument, then the change in plain sentences."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from django.http import HttpResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from samaki.kernel.policy import Action, reach, refusal
from samaki.strands.learning.models import Instrument
from samaki.strands.learning.queries import changes as queries
from samaki.strands.learning.queries.changes import Change
from samaki.strands.learning.rules.pairing import Lack
from samaki.strands.learning.rules.statistics import Paired
from samaki.ui.charts import Chart, Stack, stacked
from samaki.ui.requests import ActorRequest, page

LIKELY = 0.05  # of Wilcoxon's test, above which chance is named
LACKS: Mapping[str, Promise] = {
    Lack.NO_PRE: gettext_lazy("Answered after, not before"),
    Lack.NO_POST: gettext_lazy("Answered before, not after"),
    Lack.POST_FIRST: gettext_lazy("The answers after are dated before those before"),
    Lack.OTHER_VERSION: gettext_lazy("Before and after are of two versions"),
    Lack.NOT_SCORED: gettext_lazy("Too few questions answered to score"),
    Lack.NO_FOLLOW_UP: gettext_lazy("Not asked again"),
}


@require_GET
def changes(request: ActorRequest) -> HttpResponse:
    if not reach(request.actor, Action.SEE_PROGRAMME):
        raise refusal(request.actor, Action.SEE_PROGRAMME)
    return page(request, "learning/changes.html", {"listed": queries.trainings(request.actor)})


@require_GET
def change(request: ActorRequest, kind: str, training_id: str, version_id: str) -> HttpResponse:
    asked = queries.asked_at(request.actor, kind, int(training_id), int(version_id))
    today = timezone.localdate()
    if asked.version.instrument.scoring == Instrument.Scoring.WASHINGTON_GROUP:
        found = queries.health(request.actor, asked, on=today)
        return page(request, "learning/health.html", {"asked": asked, "ratio": found.ratio})
    told = queries.change(request.actor, asked, on=today)
    context = {
        "asked": asked,
        "told": told,
        "sentences": _sentences(told),
        "stayed": _stayed(told),
        "chart": _chart(told) if told.changed else None,
        "alone": [(LACKS[lack], number) for lack, number in told.alone.items()],
    }
    return page(request, "learning/change.html", context)


def _sentences(told: Change) -> list[str]:
    """The finding first, then how sure it is, then what limits it."""
    one = told.changed
    if one is None:
        return [_("Fewer than 5 pairs: nothing is worked out, because it would tell of persons.")]
    words = {
        "before": f"{one.before:.1f}",
        "after": f"{one.after:.1f}",
        "most": told.most,
        "improved": one.improved,
        "n": one.n,
    }
    said = [_finding(told.asked.version.instrument.scoring) % words]
    if one.low is not None and one.high is not None:
        interval = {"change": signed(one.change), "low": signed(one.low), "high": signed(one.high)}
        said.append(_("Mean change %(change)s points; 95%% interval %(low)s to %(high)s.") % interval)
    if one.wilcoxon is not None:
        said.append(_chance(one))
    if told.gain is not None:
        said.append(
            _("Of what could still be learned, %(share)s%% was learned on average (g = %(g)s).")
            % {"share": f"{100 * told.gain:.0f}", "g": f"{told.gain:.2f}"}
        )
    if one.is_small:
        said.append(_("This is a small group: one person more or less could change these numbers much."))
    return said


def signed(change: float) -> str:
    """With its sign; what rounds to nothing has none."""
    return f"{change:+.1f}" if round(change, 1) else "0.0"


def _finding(scoring: str) -> str:
    if scoring == Instrument.Scoring.KNOWLEDGE:
        return _("Knowledge moved from %(before)s to %(after)s of %(most)s; %(improved)s of %(n)s people improved.")
    if scoring == Instrument.Scoring.LAW:
        return _("The law: from %(before)s to %(after)s of %(most)s right; %(improved)s of %(n)s people improved.")
    return _("Attitudes moved from %(before)s to %(after)s; %(improved)s of %(n)s people improved.")


def _chance(one: Paired) -> str:
    p = one.wilcoxon or 0.0
    told = {"p": f"= {p:.3f}" if p >= 0.001 else "< 0.001"}
    if p < LIKELY:
        return _("Chance alone would rarely give such a change (Wilcoxon’s signed-rank test, p %(p)s).") % told
    return _("Chance alone could give such a change (Wilcoxon’s signed-rank test, p %(p)s).") % told


def _stayed(told: Change) -> str:
    """What was left 5 to 7 months later; "" where nobody was asked again."""
    if not told.retained_pairs:
        return ""
    one = told.retained
    if one is None:
        return _("Fewer than 5 people were asked again 5 to 7 months later: nothing is worked out of their answers.")
    return _("5 to 7 months later, %(n)s people had moved from %(before)s to %(after)s.") % {
        "n": one.n,
        "before": f"{one.before:.1f}",
        "after": f"{one.after:.1f}",
    }


def _chart(told: Change) -> Chart:
    """Before and after as two columns of the same parts."""
    if told.asked.version.instrument.scoring == Instrument.Scoring.GEM:
        parts = {"0": _("Low"), "1": _("Moderate"), "2": _("High")}
    elif bands := told.asked.version.bands:
        language = get_language() or "km"
        parts = {str(at): band["km" if language.startswith("km") else "en"] for at, band in enumerate(bands)}
    else:
        width = (told.most - told.least) / 5
        ends = [told.least + width * fifth for fifth in range(6)]
        parts = {str(at): f"{low:g}–{high:g}" for at, (low, high) in enumerate(pairwise(ends))}
    stacks = [
        Stack(label, {str(at): number for at, number in enumerate(numbers)})
        for label, numbers in ((_("Before (test)"), told.before), (_("After (test)"), told.after))
    ]
    finding = _sentences(told)[0]
    return stacked(stacks, parts, finding=finding, caption=_("People by score"), what=_("When answered"))
