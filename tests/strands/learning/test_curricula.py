"""Curricula: who may, what freezes, how versions differ, and what a session used."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from samaki.ground.activities.models import Activity
from samaki.kernel.actors import Actor, Role
from samaki.kernel.audit.models import AuditEntry
from samaki.kernel.errors import Conflict, Invalid, NotFound, Refused
from samaki.strands.learning.models import Curriculum, CurriculumVersion, Material, Module, Review, SessionUse, Theme
from samaki.strands.learning.operations import curricula as operations
from samaki.strands.learning.operations import reviews
from samaki.strands.learning.operations.uses import WHOLE, set_uses
from samaki.strands.learning.queries import curricula as queries
from samaki.strands.learning.rules import curricula as rules
from samaki.strands.learning.rules.curricula import Change, ModuleText
from tests.factories.field import HELD, NOW, TODAY, TOMORROW, Field, a_field, an_activity
from tests.factories.people import SETUP

databased = pytest.mark.django_db
EARLIER = dt.date(2024, 1, 5)
STAFF = {"said_by": "Programme staff", "organisation": None}


def a_curriculum(field: Field) -> CurriculumVersion:
    """A draft of one module with one material."""
    made = operations.create_curriculum(
        programme=field.programme, organisation=field.ours, title_km="កម្មវិធីសិក្សា", title_en="Power", by=field.me, at=NOW
    )
    version = made.versions.get()
    module = a_module(version, "Rights")
    operations.attach_material(
        module=module, language="km", title="", name="rights.pdf", content=b"%PDF-1.4", by=field.me, at=NOW
    )
    return version


def a_module(version: CurriculumVersion, title: str, **values: Any) -> Module:
    return operations.keep_module(version=version, module=None, title_km="", title_en=title, **values, by=SETUP, at=NOW)


def agreed(field: Field, on: dt.date = EARLIER) -> CurriculumVersion:
    return reviews.agree_version(version=a_curriculum(field), on=on, by=field.me, at=NOW)


def titled(*titles: str) -> list[ModuleText]:
    return [ModuleText("", title) for title in titles]


@pytest.mark.once
def test_modules_added_moved_changed_and_taken_out_are_told_apart() -> None:
    before = titled("a", "b", "c", "d")
    after = [*titled("c", "a"), ModuleText("", "d", minutes=90), *titled("new")]
    found = rules.differences(before, after)
    assert [(one.change, one.before, one.after, one.what) for one in found] == [
        (Change.SAME, 3, 1, ()),
        (Change.CHANGED, 1, 2, ("number",)),
        (Change.CHANGED, 4, 3, ("minutes",)),
        (Change.ADDED, None, 4, ()),
        (Change.REMOVED, 2, None, ()),
    ]


@pytest.mark.once
def test_a_module_with_a_new_title_at_its_place_is_changed_not_replaced() -> None:
    found = rules.differences(titled("a", "b"), titled("a", "B, rewritten"))
    assert [(one.change, one.what) for one in found] == [(Change.SAME, ()), (Change.CHANGED, ("title_en",))]


@pytest.mark.once
@given(st.lists(st.sampled_from("abcdef")), st.lists(st.sampled_from("abcdef")))
def test_every_module_of_both_versions_is_told_of_once(old: list[str], new: list[str]) -> None:
    found = rules.differences(titled(*old), titled(*new))
    assert sorted(one.before for one in found if one.before) == list(range(1, len(old) + 1))
    assert sorted(one.after for one in found if one.after) == list(range(1, len(new) + 1))
    assert all(one.change is Change.SAME for one in rules.differences(titled(*new), titled(*new)))


@databased
def test_a_new_version_copies_modules_themes_and_materials_and_leaves_the_old_as_it_was() -> None:
    field = a_field()
    theme = Theme.objects.create(programme=field.programme, key="power", name_km="អំណាច", name_en="Power")
    first = a_curriculum(field)
    a_module(first, "Care", minutes=60, themes=[theme])
    reviews.agree_version(version=first, on=EARLIER, by=field.me, at=NOW)
    second = operations.draft_version(curriculum=first.curriculum, by=field.me, at=NOW)
    copied = [
        (one.number, one.title_en, one.minutes, [t.key for t in one.themes.all()], one.materials.count())
        for one in second.modules.order_by("number")
    ]
    assert (second.number, copied) == (2, [(1, "Rights", None, [], 1), (2, "Care", 60, ["power"], 0)])
    a_module(second, "Violence", number=1)
    assert [one.title_en for one in second.modules.order_by("number")] == ["Violence", "Rights", "Care"]
    assert [one.title_en for one in first.modules.order_by("number")] == ["Rights", "Care"]
    with pytest.raises(Conflict) as twice:
        operations.draft_version(curriculum=first.curriculum, by=field.me, at=NOW)
    assert twice.value.code == "draft_there"


@databased
def test_nothing_of_an_agreed_version_changes() -> None:
    field = a_field()
    version = a_curriculum(field)
    proposal = reviews.propose_change(version=version, on=EARLIER, text="More", **STAFF, by=field.me, at=NOW)
    said: dict[str, Any] = {"step": "agreed", "on": EARLIER, "text": "Done", **STAFF, "by": field.me, "at": NOW}
    word = reviews.answer_proposal(proposal=proposal, **said)
    reviews.agree_version(version=version, on=EARLIER, by=field.me, at=NOW)
    module, material = Module.objects.get(), Material.objects.get()
    by: dict[str, Any] = {"by": field.me, "at": NOW}
    acts: list[Callable[[], object]] = [
        lambda: operations.keep_module(version=version, module=None, title_km="", title_en="x", **by),
        lambda: operations.keep_module(version=version, module=module, revision=1, title_km="", title_en="x", **by),
        lambda: operations.remove_module(module=module, **by),
        lambda: operations.attach_material(module=module, language="en", title="", name="x.pdf", content=b"x", **by),
        lambda: operations.remove_material(material=material, **by),
        lambda: operations.summarise(version=version, revision=2, summary_km="x", summary_en="x", **by),
        lambda: operations.discard_draft(version=version, **by),
        lambda: reviews.propose_change(version=version, on=EARLIER, text="x", **STAFF, **by),
        lambda: reviews.answer_proposal(proposal=proposal, **said),
        lambda: reviews.take_back_word(review=word, **by),
        lambda: reviews.agree_version(version=version, on=EARLIER, **by),
    ]
    codes = []
    for act in acts:
        with pytest.raises(Conflict) as refused:
            act()
        codes.append(refused.value.code)
    assert codes == ["version_agreed"] * len(acts)
    assert (Module.objects.get().title_en, Material.objects.count(), Review.objects.count()) == ("Rights", 1, 2)


@databased
def test_a_version_is_agreed_with_modules_when_each_proposal_is_decided() -> None:
    field = a_field()
    version = a_curriculum(field)
    by: dict[str, Any] = {"by": field.me, "at": NOW}
    proposal = reviews.propose_change(version=version, on=EARLIER, text="More", **STAFF, **by)
    codes = []
    for step in ("discussed", "declined"):
        with pytest.raises(Conflict) as refused:
            reviews.agree_version(version=version, on=EARLIER, **by)
        codes.append(refused.value.code)
        reviews.answer_proposal(proposal=proposal, step=step, on=EARLIER, text="Said", **STAFF, **by)
    with pytest.raises(Conflict) as decided:
        reviews.answer_proposal(proposal=proposal, step="agreed", on=EARLIER, text="Said", **STAFF, **by)
    with pytest.raises(Invalid) as future:
        reviews.agree_version(version=version, on=TOMORROW, **by)
    assert (codes, decided.value.code, future.value.code) == (
        ["proposals_open"] * 2,
        "proposal_decided",
        "date_in_future",
    )
    (shown,) = queries.proposals(field.officer, version)
    assert (shown.stands, [one.step for one in shown.answers]) == ("declined", ["discussed", "declined"])
    for one in Module.objects.all():
        operations.remove_module(module=one, **by)
    with pytest.raises(Conflict) as empty:
        reviews.agree_version(version=version, on=EARLIER, **by)
    assert empty.value.code == "no_module"


@databased
def test_only_the_last_word_is_taken_back_and_an_answer_is_never_before_what_was_said() -> None:
    field = a_field()
    version, by = a_curriculum(field), {"by": field.me, "at": NOW}
    proposal = reviews.propose_change(version=version, on=HELD, text="More", **STAFF, **by)
    with pytest.raises(Invalid) as early:
        reviews.answer_proposal(proposal=proposal, step="agreed", on=EARLIER, text="Said", **STAFF, **by)
    word = reviews.answer_proposal(proposal=proposal, step="discussed", on=HELD, text="Said", **STAFF, **by)
    with pytest.raises(Conflict) as covered:
        reviews.take_back_word(review=proposal, **by)
    assert (early.value.code, covered.value.code) == ("dates_out_of_order", "not_the_last")
    for one in (word, proposal):
        reviews.take_back_word(review=one, **by)
    assert Review.objects.count() == 0


@databased
def test_an_agreement_is_taken_back_only_while_nothing_used_it() -> None:
    field = a_field()
    version = agreed(field)
    assert operations.take_back_agreement(version=version, by=field.me, at=NOW).state == "draft"
    reviews.agree_version(version=version, on=EARLIER, by=field.me, at=NOW)
    activity = an_activity(field)
    set_uses(activity=activity, version=version, taught={activity.sessions.get().pk: [WHOLE]}, by=field.me, at=NOW)
    with pytest.raises(Conflict) as used:
        operations.take_back_agreement(version=version, by=field.me, at=NOW)
    assert used.value.code == "version_used"
    assert operations.retire_version(version=version, by=field.me, at=NOW).state == "retired"
    assert operations.use_again(version=version, by=field.me, at=NOW).state == "agreed"


@databased
@pytest.mark.parametrize(
    ("language", "name", "content", "code"),
    [
        ("fr", "a.pdf", b"x", "not_an_answer"),
        ("km", "../a.pdf", b"x", "material_name"),
        ("km", ".pdf", b"x", "material_name"),
        ("km", "a.html", b"x", "material_kind"),
        ("km", "a.svg", b"x", "material_kind"),
        ("km", "pdf", b"x", "material_kind"),
        ("km", "a.pdf", b"", "material_empty"),
        ("km", "a.pdf", b"x" * (rules.MOST_BYTES + 1), "material_too_big"),
    ],
)
def test_what_is_no_material_is_not_kept(language: str, name: str, content: bytes, code: str) -> None:
    field = a_field()
    module = a_curriculum(field).modules.get()
    with pytest.raises(Invalid) as refused:
        operations.attach_material(
            module=module, language=language, title="", name=name, content=content, by=field.me, at=NOW
        )
    assert (refused.value.code, Material.objects.count()) == (code, 1)


@databased
def test_what_each_session_taught_is_set_and_changed_and_other_versions_stay() -> None:
    field = a_field()
    version, activity = agreed(field), an_activity(field)
    session, module = activity.sessions.get(), version.modules.get()
    for taught, kept in (([module.pk], [module.pk]), ([WHOLE], [None]), ([], [])):
        set_uses(activity=activity, version=version, taught={session.pk: taught}, by=field.me, at=NOW)
        assert list(SessionUse.objects.values_list("module", flat=True)) == kept
    set_uses(activity=activity, version=version, taught={session.pk: [module.pk]}, by=field.me, at=NOW)
    ((where, uses),) = queries.uses(field.officer, version)
    assert (where, [one.module for one in uses]) == (activity, [module])
    assert queries.uses(field.actor(Role.PARTNER_ME, field.theirs), version) == []


@databased
def test_a_draft_a_version_of_later_and_another_programmes_are_not_taught() -> None:
    field = a_field()
    version, activity = a_curriculum(field), an_activity(field)
    session = activity.sessions.get()

    def refused(**values: Any) -> str:
        asked = {"activity": activity, "version": version, "taught": {session.pk: [WHOLE]}} | values
        with pytest.raises(Invalid) as fault:
            set_uses(**asked, by=field.me, at=NOW)
        return fault.value.code

    codes = [refused()]
    version = reviews.agree_version(version=version, on=TODAY, by=field.me, at=NOW)
    codes.append(refused())
    assert list(queries.usable(field.me, activity)) == []
    CurriculumVersion.objects.update(agreed_on=EARLIER)
    version.refresh_from_db()
    codes += [refused(taught={session.pk: [10**9]}), refused(taught={10**9: [WHOLE]})]
    Curriculum.objects.update(programme=field.other)
    version = CurriculumVersion.objects.get()
    codes.append(refused())
    assert codes == ["no_such_version", "version_not_yet", "no_such_module", "no_such_session", "no_such_version"]
    assert SessionUse.objects.count() == 0


@databased
def test_strangers_see_no_curriculum_and_change_none() -> None:
    field = a_field()
    version = a_curriculum(field)
    curriculum, module, material = version.curriculum, Module.objects.get(), Material.objects.get()
    activity = an_activity(field)
    proposal = reviews.propose_change(version=version, on=EARLIER, text="More", **STAFF, by=field.me, at=NOW)
    before = [
        list(model._default_manager.order_by("pk").values()) for model in (Curriculum, Module, Review, SessionUse)
    ]
    acts: dict[str, Callable[[Actor], object]] = {
        "create": lambda by: operations.create_curriculum(
            programme=field.programme, organisation=field.ours, title_km="x", title_en="x", by=by, at=NOW
        ),
        "edit": lambda by: operations.edit_curriculum(
            curriculum=curriculum, revision=1, title_km="x", title_en="x", themes=[], by=by, at=NOW
        ),
        "draft": lambda by: operations.draft_version(curriculum=curriculum, by=by, at=NOW),
        "summarise": lambda by: operations.summarise(
            version=version, revision=1, summary_km="x", summary_en="x", by=by, at=NOW
        ),
        "discard": lambda by: operations.discard_draft(version=version, by=by, at=NOW),
        "module": lambda by: operations.keep_module(
            version=version, module=None, title_km="x", title_en="x", by=by, at=NOW
        ),
        "remove": lambda by: operations.remove_module(module=module, by=by, at=NOW),
        "attach": lambda by: operations.attach_material(
            module=module, language="km", title="", name="a.pdf", content=b"x", by=by, at=NOW
        ),
        "detach": lambda by: operations.remove_material(material=material, by=by, at=NOW),
        "propose": lambda by: reviews.propose_change(version=version, on=EARLIER, text="x", **STAFF, by=by, at=NOW),
        "answer": lambda by: reviews.answer_proposal(
            proposal=proposal, step="agreed", on=EARLIER, text="x", **STAFF, by=by, at=NOW
        ),
        "unsay": lambda by: reviews.take_back_word(review=proposal, by=by, at=NOW),
        "agree": lambda by: reviews.agree_version(version=version, on=EARLIER, by=by, at=NOW),
        "take back": lambda by: operations.take_back_agreement(version=version, by=by, at=NOW),
        "retire": lambda by: operations.retire_version(version=version, by=by, at=NOW),
        "use again": lambda by: operations.use_again(version=version, by=by, at=NOW),
        "use": lambda by: set_uses(activity=activity, version=version, taught={}, by=by, at=NOW),
        "theme": lambda by: operations.keep_theme(
            programme=field.programme, theme=None, name_km="x", name_en="x", by=by, at=NOW
        ),
    }
    for name, who in field.strangers().items():
        if name.endswith("of another organisation"):  # a partner of the programme reads its curricula, and edits none
            assert list(queries.curricula(who)) in ([], [curriculum])
        else:
            assert list(queries.curricula(who)) == []
            with pytest.raises(NotFound):
                queries.curriculum(who, curriculum.key)
            with pytest.raises(NotFound):
                queries.material(who, material.pk)
        for act in acts.values():
            with pytest.raises(Refused):
                act(who)
            assert AuditEntry.objects.latest("pk").refused is True
    after = [list(model._default_manager.order_by("pk").values()) for model in (Curriculum, Module, Review, SessionUse)]
    assert after == before


@databased
def test_the_list_of_themes_is_the_programmes_and_who_oversees_it_keeps_it() -> None:
    field = a_field()
    with pytest.raises(Refused):
        operations.keep_theme(programme=field.programme, theme=None, name_km="", name_en="Care", by=field.me, at=NOW)
    theme = operations.keep_theme(
        programme=field.programme, theme=None, name_km="", name_en="Care", by=field.officer, at=NOW
    )
    with pytest.raises(Conflict) as twice:
        operations.keep_theme(programme=field.programme, theme=None, name_km="", name_en="Care", by=SETUP, at=NOW)
    assert twice.value.code == "theme_there"
    module = a_module(a_curriculum(field), "Care at home", themes=[theme])
    operations.keep_theme(
        programme=field.programme,
        theme=theme,
        name_km="ការថែទាំ",
        name_en="Care",
        is_current=False,
        by=field.officer,
        at=NOW,
    )
    assert (list(queries.themes(field.me, field.programme, only_current=True)), list(module.themes.all())) == (
        [],
        [theme],
    )


@databased
@pytest.mark.parametrize("rows", [1, 3])
def test_a_version_takes_as_many_queries_for_three_modules_as_for_one(
    rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    field = a_field()
    version = a_curriculum(field)
    for number in range(rows):
        a_module(version, f"Module {number}")
    Activity.objects.all().delete()
    with django_assert_num_queries(4):
        found = queries.version(field.me, version.curriculum, 1)
        held = [(len(one.materials.all()), len(one.themes.all())) for one in found.modules.all()]
    assert len(held) == rows + 1
