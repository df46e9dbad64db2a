"""Whatever workbook is sent as a form, the page answers with a draft or with words."""

from __future__ import annotations

import random

import pytest

from samaki.engines.fieldforms.models import Form
from tests.factories.forms import a_workbook
from tests.interfaces.forms.conftest import Site

pytestmark = pytest.mark.django_db
TYPES = (
    *("text", "integer", "decimal", "date", "note", "calculate", "select_one k", "select_multiple k", "rank k", "txt"),
    *(
        "select_one missing",
        "select_one_from_file a.csv",
        "select_one ${q1}",
        "begin_group",
        "begin repeat",
        "end_group",
    ),
    *(
        "end repeat",
        "image",
        "audio",
        "range",
        "geopoint",
        "start",
        "today",
        "audit",
        "hidden",
        "",
        "xml-external",
        "\u17d2",
    ),
)
NAMES = (
    "q1",
    "q2",
    "q3",
    "a b",
    "1a",
    "ឈ្មោះ",
    "",
    "meta",
    "instanceID",
    "${q1}",
    "a:b",
    "q-1",
    "x" * 300,
    "<b>",
    "\ufeffq",
)
WORDS = (
    "",
    "${q1} > 1",
    "${nobody}",
    "${",
    "../q1",
    "concat('a",
    "if(1,2",
    "once(uuid())",
    "pulldata('a','b','c','d')",
)
HEADS = (
    *("type", "name", "label", "label::English (en)", "label::Khmer (km)", "hint", "relevant", "constraint", "default"),
    *(
        "calculation",
        "required",
        "repeat_count",
        "choice_filter",
        "parameters",
        "appearance",
        "media::image",
        "trigger",
    ),
    *("bind::", "::", "label::", "body::x"),
)
SHEETS = ("survey", "choices", "settings", "entities", "external_choices", "Survey", "surveys", "សំណួរ")


def any_workbook(seed: int) -> bytes:
    chance = random.Random(seed)  # nothing secret
    heads = chance.sample(HEADS, chance.randint(1, 10))
    if chance.random() < 0.9:
        heads = ["type", "name", "label", *(one for one in heads if one not in {"type", "name", "label"})]
    column = {"type": TYPES, "name": NAMES}
    rows = [[chance.choice(column.get(head, (*WORDS, *NAMES))) for head in heads] for _ in range(chance.randint(0, 14))]
    if seed % 2 and heads[:3] == ["type", "name", "label"]:  # one that may well be taken
        heads = heads[:4]
        kinds = [chance.choice(TYPES[:9]) for _ in range(9)]
        rows = [[kind, f"q{at}", "L", chance.choice(WORDS[:1])] for at, kind in enumerate(kinds) if kind != "calculate"]
    sheets = {"survey": [heads, *rows]} if chance.random() < 0.9 else {}
    if seed % 2 or chance.random() < 0.7:
        sheets["choices"] = [
            ["list_name", "name", "label"],
            *(["k", name, "x"] for name in chance.sample(NAMES[:5], 3)),
        ]
    if chance.random() < 0.5:
        sheets["settings"] = [["form_id", "version", "public_key"], [chance.choice(NAMES), chance.choice(NAMES), ""]]
    for name in chance.sample(SHEETS, chance.randint(0, 2)):
        if name.lower() not in {one.lower() for one in sheets}:
            sheets[name] = [[chance.choice(HEADS), chance.choice(NAMES)], [chance.choice(WORDS), "1"]]
    return a_workbook(sheets or {"survey": []})


@pytest.mark.parametrize("seed", range(8))
def test_a_page_answers_every_workbook_and_opens_every_draft(site: Site, seed: int) -> None:
    answer = site.send(site.me, any_workbook(seed))
    assert answer.status_code in {302, 422}  # type: ignore[attr-defined]  # a response
    for form in Form.objects.filter(is_built_in=False):
        version = form.versions.get()
        for address in ("", f"versions/{version.pk}/", "match/?handler=session", "match/?handler=outreach_tally"):
            assert site.me.get(f"/forms/{form.pk}/{address}").status_code == 200
