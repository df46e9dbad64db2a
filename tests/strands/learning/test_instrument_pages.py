"""Pages of instruments: words that a programme's people read, that few may write, and a sheet without the answers."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from samaki.kernel.actors import Role
from samaki.strands.learning.models import InstrumentVersion
from samaki.strands.learning.operations.instruments import draft_instrument, publish_instrument
from samaki.strands.learning.queries.instruments import definition_of
from samaki.strands.learning.web.instrument_paper import sheet
from tests.factories.field import NOW, Field, a_field
from tests.factories.instruments import GEM, LAW, an_instrument
from tests.interfaces.pages import queries_of, somebody

pytestmark = pytest.mark.django_db


def _client(field: Field, role: Role = Role.PARTNER_ME) -> Client:
    return somebody(field, role)  # type: ignore[arg-type]  # it has the organisation and the programme asked for


def _draft(field: Field, key: str = LAW) -> InstrumentVersion:
    return draft_instrument(of=an_instrument(key), programme=field.programme, by=field.me, at=NOW)


def _address(name: str, version: InstrumentVersion, *more: str) -> str:
    return reverse(name, args=[version.instrument.key, version.number, *more])


def _sent(client: Client, version: InstrumentVersion) -> dict[str, str]:
    """The edit page as it stands, sent back."""
    context = client.get(_address("instrument_edit", version)).context
    found = {}
    for form in (context["form"], *context["items"]):
        for field in form:
            value = field.value()
            if value not in (None, False):
                found[field.html_name] = str(value)
    return found


def test_each_wording_is_told_per_language_on_list_and_page() -> None:
    field = a_field()
    version = an_instrument("washington-group")
    client = _client(field, Role.FACILITATOR)
    for address in (reverse("instruments"), _address("instrument", version)):
        text = client.get(address).content.decode()
        assert ("Validated wording" in text, "Our own translation, not validated" in text) == (True, True)
    assert "Change this draft" not in text


def test_a_draft_is_made_changed_and_published_by_its_page() -> None:
    field = a_field()
    client, shared = _client(field), an_instrument(LAW)
    made = client.post(_address("instrument_step", shared), {"draft": field.programme.key})
    draft = InstrumentVersion.objects.get(is_published=False)
    assert made.headers["Location"] == _address("instrument_edit", draft)
    before = definition_of(draft)
    sent = _sent(client, draft)
    assert client.post(_address("instrument_edit", draft), sent).status_code == 302
    assert definition_of(InstrumentVersion.objects.get(pk=draft.pk)) == before
    sent = _sent(client, draft) | {"title_en": "Our test", "wording_km": "validated", "q1-right": "២"}
    sent |= {"q2-km": "", "q2-en": ""}
    sent |= {"q11-km": "សំណួរ", "q11-en": "One more", "q11-choices": "1 | បាទ | Yes\n០ | ទេ | No", "q11-right": "0"}
    assert client.post(_address("instrument_edit", draft), sent).status_code == 302
    now = definition_of(InstrumentVersion.objects.get(pk=draft.pk))
    assert (now.title_en, now.wording_km, len(now.questions), now.questions[0].right) == (
        "Our test",
        "validated",
        10,
        2,
    )
    assert [(one.value, one.km, one.en) for one in now.questions[-1].choices] == [(1, "បាទ", "Yes"), (0, "ទេ", "No")]
    client.post(_address("instrument_step", draft), {"publish": "1"})
    assert InstrumentVersion.objects.get(pk=draft.pk).is_published is True
    assert client.post(_address("instrument_edit", draft), sent).headers["Location"] == _address("instrument", draft)
    assert definition_of(InstrumentVersion.objects.get(pk=draft.pk)) == now


@pytest.mark.parametrize(
    "change, told",
    [
        ({"q1-right": ""}, "Please say which answer of question 1 is right."),
        ({"q1-en": ""}, "Please write question 1 and its answers in both languages."),
        ({"q1-choices": "1 | ពិត"}, "Please write each answer as: number | Khmer | English"),
        ({"q1-choices": "x | ពិត | True"}, "Please write each answer as: number | Khmer | English"),
        ({"q1-choices": "1 | ពិត | True"}, "Question 1 needs at least two different answers."),
        ({"title_km": ""}, "This field is required."),
    ],
)
def test_what_could_not_be_scored_is_told_and_not_kept(change: dict[str, str], told: str) -> None:
    field = a_field()
    client, draft = _client(field), _draft(field)
    before = definition_of(draft)
    answer = client.post(_address("instrument_edit", draft), _sent(client, draft) | change)
    assert (answer.status_code, told in answer.content.decode()) == (422, True)
    assert definition_of(InstrumentVersion.objects.get(pk=draft.pk)) == before


def test_the_second_of_two_at_one_draft_is_told() -> None:
    field = a_field()
    client, draft = _client(field), _draft(field)
    mine = _sent(client, draft) | {"title_en": "Mine"}
    client.post(_address("instrument_edit", draft), _sent(client, draft) | {"title_en": "Theirs"})
    stale = client.post(_address("instrument_edit", draft), mine)
    assert (stale.status_code, "Somebody else saved this meanwhile" in stale.content.decode()) == (422, True)
    assert definition_of(InstrumentVersion.objects.get(pk=draft.pk)).title_en == "Theirs"


def test_the_printed_sheet_has_boxes_in_both_languages_and_no_right_answer() -> None:
    field = a_field()
    version = _draft(field)
    client = _client(field)
    for language in ("km", "en"):
        answer = client.get(_address("instrument_paper", version, language))
        assert (answer.headers["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")
    assert client.get(_address("instrument_paper", version, "fr")).status_code == 404
    before = {language: sheet(version, language) for language in ("km", "en")}
    first = version.items.get(number=1)
    boxes = [[{"value": str(one["value"]), "words": one[language]} for one in first.choices] for language in before]
    assert [paper["items"][0] for paper in before.values()] == [  # type: ignore[index]  # a list of questions
        {"text": first.text_km, "choices": boxes[0]},
        {"text": first.text_en, "choices": boxes[1]},
    ]
    first.right = next(one["value"] for one in first.choices if one["value"] != first.right)
    first.save()
    assert {language: sheet(version, language) for language in before} == before


def test_who_may_not_write_gets_no_draft_and_who_is_outside_no_page() -> None:
    field = a_field()
    draft = _draft(field)
    before = definition_of(draft)
    readers = {Role.FACILITATOR: 200, Role.AUDITOR: 200, Role.DONOR: 404, Role.AUTHORITY: 404}
    for role, status in readers.items():
        client = _client(field, role)
        assert client.get(_address("instrument", draft)).status_code == status, role
        refused = 403 if status == 200 else 404
        assert client.get(_address("instrument_edit", draft)).status_code == refused, role
        assert client.post(_address("instrument_edit", draft), {"title_en": "x"}).status_code == refused, role
        assert client.post(_address("instrument_step", draft), {"publish": "1"}).status_code == refused, role
    assert _client(field, Role.DONOR).get(reverse("instruments")).status_code == 403
    draft.refresh_from_db()
    assert (draft.is_published, definition_of(draft)) == (False, before)


def test_lists_and_pages_ask_as_often_for_three_as_for_one() -> None:
    field = a_field()
    client = _client(field)
    first = _draft(field)
    addresses = [reverse("instruments"), _address("instrument", first)]
    costs = [queries_of(client, address) for address in addresses]
    publish_instrument(first, by=field.me, at=NOW)
    second = draft_instrument(of=first, programme=field.programme, by=field.me, at=NOW)
    publish_instrument(second, by=field.me, at=NOW)
    draft_instrument(of=second, programme=field.programme, by=field.me, at=NOW)
    _draft(field, GEM)
    assert [queries_of(client, address) for address in addresses] == costs


NEW = {
    "title_km": "ការចែករំលែកការងារផ្ទះ",
    "title_en": "Sharing work at home",
    "choices": "1 | មិនយល់ស្រប | Disagree\n2 | មិនប្រាកដ | Not sure\n៣ | យល់ស្រប | Agree",
    "sentences": "បុរសក៏ធ្វើម្ហូបដែរ | Men cook too\nការងារផ្ទះជារបស់ស្ត្រី | Housework is women’s\nក | C",
    "reversed_ones": "២",
    "bands": "3 | ទាប | Low\n7 | ខ្ពស់ | High",
    "source": "",
}


def test_only_who_edits_curricula_writes_a_scale_from_nothing() -> None:
    field = a_field()
    address = reverse("instrument_new")
    for role in (Role.FACILITATOR, Role.DONOR, Role.AUDITOR):
        client = _client(field, role)
        sent = client.post(address, NEW | {"programme": field.programme.key})
        assert (client.get(address).status_code, sent.status_code) == (403, 403), role
    elsewhere = _client(field).post(address, NEW | {"programme": field.other.key})
    assert (elsewhere.status_code, InstrumentVersion.objects.count()) == (422, 0)


def test_a_scale_is_written_from_nothing_read_over_and_published() -> None:
    field = a_field()
    client = _client(field)
    made = client.post(reverse("instrument_new"), NEW | {"programme": field.programme.key})
    draft = InstrumentVersion.objects.select_related("instrument").get()
    assert made.headers["Location"] == _address("instrument", draft)
    told = definition_of(draft)
    assert (told.key, told.scoring, told.wording_km, draft.instrument.programme, draft.is_published) == (
        "sharing-work-at-home-ours",
        "likert",
        "own_wording",
        field.programme,
        False,
    )
    assert [(one.km, one.en, one.is_reversed) for one in told.questions][1:] == [
        ("ការងារផ្ទះជារបស់ស្ត្រី", "Housework is women’s", True),
        ("ក", "C", False),
    ]
    assert [choice.value for choice in told.questions[0].choices] == [1, 2, 3]
    assert [(band.least, band.en) for band in told.bands] == [(3, "Low"), (7, "High")]
    client.post(_address("instrument_edit", draft), _sent(client, draft))
    assert definition_of(InstrumentVersion.objects.get()) == told
    client.post(_address("instrument_step", draft), {"publish": "1"})
    assert InstrumentVersion.objects.get().is_published is True
    again = client.post(reverse("instrument_new"), NEW | {"programme": field.programme.key})
    assert again.headers["Location"] == "/learning/instruments/sharing-work-at-home-ours-2/1/"


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"title_km": ""}, "title_km"),
        ({"sentences": "មិនមានពាក្យអង់គ្លេស"}, "sentences"),
        ({"sentences": ""}, "sentences"),
        ({"choices": "1 | យល់ស្រប | Agree"}, "__all__"),
        ({"choices": "one | យល់ស្រប | Agree"}, "choices"),
        ({"reversed_ones": "4"}, "reversed_ones"),
        ({"bands": "2 | ទាប | Low\n7 | ខ្ពស់ | High"}, "__all__"),
        ({"bands": "3 | ទាប | Low\n10 | ខ្ពស់ | High"}, "__all__"),
        ({"bands": "3 | ទាប | Low\n3 | ខ្ពស់ | High"}, "__all__"),
        ({"bands": "3 | ទាប | Low"}, "__all__"),
    ],
)
def test_a_scale_that_could_not_be_scored_is_told_in_its_form_and_not_kept(changed: dict[str, str], where: str) -> None:
    field = a_field()
    answer = _client(field).post(reverse("instrument_new"), NEW | {"programme": field.programme.key} | changed)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [where])
    assert InstrumentVersion.objects.count() == 0
