"""A locked period answers from what was published; a correction is a new version; nobody alters it unnoticed."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from samaki.engines.results.definitions import digest
from samaki.engines.results.models import Snapshot
from samaki.engines.results.operations import load_catalogue
from samaki.engines.results.queries import figure, side_by_side
from samaki.ground.activities.models import Attendance
from samaki.ground.periods.models import PeriodLock
from samaki.ground.periods.operations import lock_period, reopen_period
from samaki.kernel.actors import PUBLIC, Actor, System
from samaki.kernel.errors import Conflict, NotFound, Refused
from samaki.kernel.figures import Figure, FigureQuery, Source
from tests.factories.programmes import Setting, a_setting

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2009, 2, 5, 10, tzinfo=dt.UTC)


@pytest.fixture
def setting() -> Setting:
    """Twelve women and twenty men at a meeting of 2008, six of the men twice; forty men counselled in May."""
    load_catalogue(by=System("tests"))
    setting = a_setting()
    men = setting.people(20, "man")
    setting.session(*setting.people(12), *men)
    setting.session(*men[:6], code="140101", on=dt.date(2008, 8, 1))
    setting.cases(40, setting.mens_group())
    return setting


def lock(setting: Setting, reason: str = "nobody reports here") -> PeriodLock:
    return lock_period(
        programme=setting.programme,
        period="2008",
        reason=reason,
        although_missing=True,
        by=setting.officer(),
        at=NOW,
    )


def correct(setting: Setting, *, women_more: int) -> PeriodLock:
    reopen_period(programme=setting.programme, period="2008", reason="a list was found", by=setting.officer(), at=NOW)
    setting.session(*setting.people(women_more), on=dt.date(2008, 9, 1))
    return lock(setting, "a list was found")


def ask(setting: Setting, actor: Actor | None = None, indicator: str = "participants", **values: object) -> Figure:
    query = FigureQuery(setting.programme.key, indicator, **{"period": "2008", **values})  # type: ignore[arg-type]
    return figure(actor or setting.officer(), query)


def shape(found: Figure) -> tuple[object, ...]:
    return found.value, found.unknown, tuple((tuple(cell.dimensions.items()), cell.value) for cell in found.by)


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"by": ("gender",)},
        {"by": ("province", "gender")},
        {"by": ("gender", "kind", "province")},
        {"place": "14"},
        {"place": "0401", "by": ("gender", "kind")},
        {"indicator": "perpetrators_counselled", "by": ("group",)},
        {"indicator": "reported_success"},
        {"indicator": "group_report_timeliness", "by": ("commune",)},
    ],
)
def test_the_snapshot_answers_what_the_records_answered(setting: Setting, values: dict[str, object]) -> None:
    counted = ask(setting, **values)
    assert counted.published is None
    lock(setting)
    published = ask(setting, **values)
    assert shape(published) == shape(counted)
    assert published.published is not None
    assert (published.published.version, published.published.locked_at) == (1, NOW)
    assert len(published.published.digest) == 64


def test_a_partner_reads_its_own_part_of_the_snapshot_and_nothing_more(setting: Setting) -> None:
    setting.session(*setting.people(50, organisation=setting.theirs), organisation=setting.theirs)
    lock(setting)
    found = ask(setting, setting.partner(), by=("gender",))
    assert (found.value, found.published is not None) == (32, True)
    assert {cell.dimensions["gender"]: cell.value for cell in found.by} == {"man": 20, "woman": 12}


def test_a_locked_figure_stays_though_its_records_change_and_both_can_be_shown(setting: Setting) -> None:
    lock(setting)
    Attendance.objects.filter(person__gender="woman").delete()
    assert ask(setting).value == 32
    assert ask(setting, source=Source.CURRENT).value == 20
    both = side_by_side(setting.officer(), FigureQuery(setting.programme.key, "participants", "2008"))
    assert both.published is not None
    assert (both.published.value, both.current.value) == (32, 20)


def test_an_outsider_reads_the_published_figure_only(setting: Setting) -> None:
    lock(setting)
    assert ask(setting, PUBLIC).value == 32
    with pytest.raises(Refused) as refused:
        ask(setting, PUBLIC, source=Source.CURRENT)
    assert refused.value.code == "published_only"
    with pytest.raises(Refused):
        side_by_side(PUBLIC, FigureQuery(setting.programme.key, "participants", "2008"))


def test_what_is_not_locked_is_not_published(setting: Setting) -> None:
    with pytest.raises(NotFound) as refused:
        ask(setting, source=Source.PUBLISHED)
    assert refused.value.code == "not_published"
    assert ask(setting).published is None


def test_a_correction_is_a_new_version_and_the_old_one_stays(setting: Setting) -> None:
    lock(setting)
    correct(setting, women_more=10)
    found = ask(setting)
    assert found.published is not None
    assert (found.value, found.published.version) == (42, 2)
    assert (
        json.loads(
            Snapshot.objects.get(lock__version=1, version__indicator__key="participants", dimensions="").content
        )["total"]["count"]
        == 32
    )


def test_a_small_correction_waits_for_outsiders_and_shows_inside(setting: Setting) -> None:
    lock(setting)
    correct(setting, women_more=3)
    assert ask(setting).value == 35
    found = ask(setting, PUBLIC)
    assert found.published is not None
    assert (found.value, found.published.version) == (32, 1)


def test_a_large_correction_shows_outside_too(setting: Setting) -> None:
    lock(setting)
    correct(setting, women_more=10)
    found = ask(setting, PUBLIC)
    assert found.published is not None
    assert (found.value, found.published.version) == (42, 2)


@pytest.mark.parametrize("forge_digest", [False, True])
@pytest.mark.parametrize("dimensions", ["", "gender"])
def test_an_altered_snapshot_is_told_and_never_shown(setting: Setting, forge_digest: bool, dimensions: str) -> None:
    lock(setting)
    row = Snapshot.objects.get(version__indicator__key="participants", dimensions=dimensions)
    forged = row.content.replace('"count":20', '"count":21').replace('"count":32', '"count":33')
    assert forged != row.content
    changes = {"content": forged, "digest": digest(forged)} if forge_digest else {"content": forged}
    Snapshot.objects.filter(pk=row.pk).update(**changes)
    with pytest.raises(Conflict) as refused:
        ask(setting, by=("gender",))
    assert refused.value.code == "snapshot_altered"


def test_a_cross_that_was_taken_away_is_told(setting: Setting) -> None:
    lock(setting)
    Snapshot.objects.filter(version__indicator__key="participants", dimensions="gender").delete()
    with pytest.raises(Conflict) as refused:
        ask(setting, by=("gender",))
    assert refused.value.code == "snapshot_altered"


def test_a_figure_that_was_taken_away_whole_is_told(setting: Setting) -> None:
    lock(setting)
    Snapshot.objects.filter(version__indicator__key="participants").delete()
    with pytest.raises(Conflict) as refused:
        ask(setting)
    assert refused.value.code == "snapshot_altered"


def test_the_content_holds_what_was_published_and_what_it_means(setting: Setting) -> None:
    locked = lock(setting)
    row = Snapshot.objects.get(lock=locked, version__indicator__key="reported_success", dimensions="area")
    content = json.loads(row.content)
    assert row.digest == digest(row.content)
    assert {key: content[key] for key in ("programme", "period", "lock", "indicator", "version", "unit", "by")} == {
        "programme": setting.programme.key,
        "period": "2008",
        "lock": 1,
        "indicator": "reported_success",
        "version": 1,
        "unit": "case",
        "by": ["area"],
    }
    assert content["total"] == {
        "communes": 1,
        "count": 40,
        "high": None,
        "low": None,
        "numerator": 0,
        "undecided": 40,
        "unknown": 0,
    }


def test_a_state_is_kept_as_it_was_at_the_periods_end(setting: Setting) -> None:
    group = setting.mens_group()
    group.kind = "working_group"
    group.save()
    setting.member(group, "man", dt.date(2008, 2, 1), dt.date(2008, 11, 1))
    setting.member(group, "woman", dt.date(2008, 12, 1))
    lock(setting)
    found = ask(setting, indicator="working_group_composition", by=("gender",))
    assert shape(found) == (1, 0, ((((("gender", "woman"),)), 1),))
