"""A form is joined to a handler on a page, tried on what was sent before, and its records are made and mended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pytest

from samaki.engines.fieldforms.models import Submission
from samaki.ground.groups.models import Group
from samaki.kernel.actors import AnyActor
from samaki.kernel.errors import Conflict, DomainError, RowsInvalid
from samaki.kernel.form_handlers import (
    Choice,
    Entry,
    FormHandler,
    HandlerField,
    Handling,
    Kind,
    RecordOf,
    Tier,
    form_handlers,
)
from samaki.kernel.policy import Action
from tests.factories.forms import asking
from tests.interfaces.forms.conftest import Site

pytestmark = pytest.mark.django_db
ROWS = (
    ("date", "visit_date", "ថ្ងៃ", "Day of the visit"),
    ("integer", "women", "ចំនួនស្ត្រី", "Women"),
    ("select_one kinds", "what", "ប្រភេទ", "Kind of visit"),
    ("begin_repeat", "guests", "ភ្ញៀវ", "Guests"),
    ("text", "nickname", "ឈ្មោះហៅក្រៅ", "Nickname"),
    ("end_repeat",),
)


def _take(entries: Sequence[Entry], handling: Handling) -> None:
    """A group for each visit, named by its origin; more than 50 women do not fit."""
    faults: list[tuple[int, DomainError]] = [
        (index, Conflict("too_many", "More than 50 do not fit", field="women"))
        for index, entry in enumerate(entries)
        if int(str(entry.values.get("women", 0))) > 50
    ]
    if faults:
        raise RowsInvalid(faults)
    for entry in entries:
        Group.objects.update_or_create(
            key=entry.origin.replace(":", "-"),
            defaults={
                "programme_id": handling.programme_id,
                "organisation_id": handling.organisation_id,
                "kind": Group.Kind.NETWORK,
                "name_km": str(entry.values.get("kind", "")),
                "name_latin": ", ".join(str(row.get("nickname")) for row in entry.repeats.get("people", [])),
            },
        )


def _take_back(origins: Sequence[str], handling: Handling, by: AnyActor) -> None:
    Group.objects.filter(key__in=[origin.replace(":", "-") for origin in origins]).delete()


def _find(origins: Sequence[str]) -> Mapping[str, RecordOf]:
    found = {group.key: group.pk for group in Group.objects.filter(key__startswith="submission-")}
    keys = {origin: origin.replace(":", "-") for origin in origins}
    return {origin: RecordOf("groups.group", found[key]) for origin, key in keys.items() if key in found}


@pytest.fixture(autouse=True)
def visits() -> Iterator[None]:
    """Two handlers of a strand that is not there."""
    fields = (
        HandlerField("held_on", "Day of the visit", Kind.DATE, required=True),
        HandlerField("women", "Women", Kind.COUNT),
        HandlerField(
            "kind", "Kind of visit", Kind.CHOICE, choices=(Choice("course", "Training"), Choice("talk", "Meeting"))
        ),
        HandlerField("nickname", "Nickname", Kind.TEXT, repeat="people"),
    )
    for key, tier in (("test_visits", Tier.T2), ("test_cases", Tier.T4)):
        form_handlers.register(
            FormHandler(key, key, Action.RECORD_ACTIVITY, fields, _take, _take_back, _find, tier=tier)
        )
    yield
    for key in ("test_visits", "test_cases"):
        del form_handlers._entries[key]


def _posted(site: Site, address: str) -> dict[str, str]:
    """What the page proposes, as a browser would send it back."""
    form = site.me.get(address).context["entries"]
    return {bound.name: "" if (value := bound.value()) is None else str(value) for bound in form}


def _answers(women: int) -> str:
    guests = "<guests><nickname>Dara</nickname></guests><guests><nickname>Sok</nickname></guests>"
    return f"<visit_date>2024-03-05</visit_date><women>{women}</women><what>training</what>{guests}"


def test_questions_are_proposed_by_name_and_label_and_choices_by_their_words(site: Site) -> None:
    form = site.published(asking(*ROWS))
    sent = _posted(site, f"/forms/{form.pk}/match/?handler=test_visits")
    assert {name: value for name, value in sent.items() if value and name != "revision"} == {
        "field_held_on": "visit_date",
        "field_women": "women",
        "field_kind": "what",
        "value_kind_0": "course",
        "value_kind_1": "talk",
        "part_people": "guests",
        "field_people.nickname": "guests/nickname",
    }


def test_a_mapping_is_tried_on_what_was_sent_then_kept_and_records_are_made(site: Site) -> None:
    form = site.published(asking(*ROWS))
    for women in (3, 60, 4):
        site.submit(form, _answers(women))
    address = f"/forms/{form.pk}/match/?handler=test_visits"
    sent = _posted(site, address)
    tried = site.me.post(address, {**sent, "try": "1"})
    said = " ".join(tried.content.decode().split())
    assert "2 of 3 sent before would be recorded. 1 would not, because:" in said
    assert "Women: More than 50 do not fit (1)" in said
    assert Group.objects.count() == 0
    assert site.me.post(address, {**sent, "save": "1"}).status_code == 302
    assert site.submit(form, _answers(5)).state == "handled"
    site.me.post(f"/forms/{form.pk}/again/")
    assert list(Group.objects.order_by("pk").values_list("name_km", "name_latin")) == [("course", "Dara, Sok")] * 3
    failed = Submission.objects.get(state="failed")
    page = site.me.get("/submissions/to-mend/").content.decode()
    assert (f"/submissions/{failed.pk}/" in page, "More than 50 do not fit" in page) == (True, True)
    site.me.post(f"/submissions/{failed.pk}/correct/", {"question": ":women", "value": "6", "reason": "typing"})
    newest = Submission.objects.get(root=failed.pk)
    assert (newest.state, Group.objects.count()) == ("handled", 4)
    assert "test_visits" in site.me.get(f"/submissions/{newest.pk}/").content.decode()
    site.me.post(f"/submissions/{newest.pk}/delete/", {"delete-reason": "a test"})
    assert Group.objects.count() == 3


def test_trying_leaves_the_forms_own_way_untouched(site: Site) -> None:
    form = site.published(asking(*ROWS))
    address = f"/forms/{form.pk}/match/?handler=test_visits"
    sent = _posted(site, address)
    site.me.post(address, {**sent, "save": "1"})
    site.submit(form, _answers(3))
    site.me.post(address, {**sent, "field_women": "", "field_kind": "", "try": "1", "revision": "2"})
    assert site.submit(form, _answers(60)).state == "failed"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"field_held_on": ""}, "This must be known of every record"),
        ({"field_women": "guests/nickname"}, "Select a valid choice"),
        ({"field_people.nickname": "guests/nickname", "part_people": ""}, "The form does not ask this there"),
        ({"field_women": "", "always_women": "many"}, "What every submission should say of this field cannot be read"),
    ],
)
def test_what_cannot_be_is_told_at_its_field(site: Site, changed: dict[str, str], said: str) -> None:
    form = site.published(asking(*ROWS))
    address = f"/forms/{form.pk}/match/?handler=test_visits"
    answer = site.me.post(address, {**_posted(site, address), **changed, "save": "1"})
    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    form.refresh_from_db()
    assert form.handler == ""


def test_the_day_is_proposed_for_a_tally_under_whatever_name_it_is_asked(site: Site) -> None:
    rows = (
        ("date", "birth_date", "ថ្ងៃកំណើត", "Birth date"),
        ("date", "held", "ពេលធ្វើ", "Time"),
        ("date", "reported", "ពេលរាយការណ៍", "Reported"),
        ("text", "place", "ទីកន្លែង", "Place"),
        ("integer", "contacts", "ចំនួន", "Contacts"),
    )
    form = site.published(asking(*rows))
    sent = _posted(site, f"/forms/{form.pk}/match/?handler=outreach_tally")
    assert (sent["field_since"], sent["field_contacts"]) == ("held", "contacts")


def test_a_tally_without_its_time_or_place_is_not_saved_and_all_that_is_missing_is_named(site: Site) -> None:
    form = site.published(asking(("integer", "contacts", "ចំនួន", "Contacts")))
    address = f"/forms/{form.pk}/match/?handler=outreach_tally"
    answer = site.me.post(address, {**_posted(site, address), "save": "1"})
    said = " ".join(answer.content.decode().split())
    assert (answer.status_code, "known of every record: Place, From or Month." in said) == (422, True)
    month = site.me.post(
        address, {**_posted(site, address), "always_month": "2024-03", "always_place": "04", "save": "1"}
    )
    form.refresh_from_db()
    assert (month.status_code, form.handler) == (302, "outreach_tally")


def test_a_form_of_many_questions_lists_them_once(site: Site) -> None:
    form = site.published(asking(*(("integer", f"q{number}", f"ទី {number}", f"No. {number}") for number in range(301))))
    address = f"/forms/{form.pk}/match/?handler=outreach_tally"
    page = site.me.get(address).content.decode()
    assert (page.count('value="q300"'), page.count("<datalist")) == (1, 1)
    posted = {**_posted(site, address), "field_contacts": "q7", "always_month": "2024-03", "always_place": "04"}
    assert site.me.post(address, {**posted, "save": "1"}).status_code == 302
    wrong = site.me.post(address, {**posted, "field_contacts": "nowhere", "revision": "1", "save": "1"})
    assert (wrong.status_code, "Select a valid choice" in wrong.content.decode()) == (422, True)


def test_a_mapping_saved_by_somebody_else_meanwhile_is_not_lost(site: Site) -> None:
    form = site.published(asking(*ROWS))
    address = f"/forms/{form.pk}/match/?handler=test_visits"
    sent = _posted(site, address)
    assert site.me.post(address, {**sent, "save": "1"}).status_code == 302
    assert site.me.post(address, {**sent, "field_women": "", "save": "1"}).status_code == 422
    form.refresh_from_db()
    assert form.mapping["fields"]["women"] == "women"


def test_a_form_bound_to_cases_is_refused_to_phones_and_has_no_table(site: Site) -> None:
    form = site.published(asking(*ROWS))
    address = f"/forms/{form.pk}/match/?handler=test_cases"
    site.me.post(address, {**_posted(site, address), "save": "1"})
    assert "Phone apps keep answers unlocked" in site.me.get(f"/forms/{form.pk}/").content.decode()
    assert site.me.get(f"/forms/{form.pk}/data/").status_code == 403


def test_the_officer_matches_and_learns_nothing_of_the_answers(site: Site) -> None:
    form = site.published(asking(*ROWS))
    site.submit(form, _answers(60))
    address = f"/forms/{form.pk}/match/?handler=test_visits"
    sent = _posted(site, address)
    page = site.officer.post(address, {**sent, "try": "1"}).content.decode()
    assert ("would be recorded" in page, "do not fit" in page) == (False, False)
