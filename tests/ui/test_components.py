from __future__ import annotations

import re
from dataclasses import replace

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from samaki.kernel.figures import Figure
from samaki.ui.statuses import SHAPES, STATUSES, Tone
from samaki.ui.tables import Column, Entry, Table

pytestmark = pytest.mark.once
FIGURE = Figure("mpp", "x", 1, "case", None, None, None, None)


def drawn(template: str, address: str = "/", **context: object) -> str:
    with translation.override("en"):
        text = Template(template).render(Context({"request": RequestFactory().get(address), **context}))
    return re.sub(r"\s+", " ", text)


class Asked(forms.Form):
    count = forms.IntegerField(label="How many", help_text="Count everybody")
    kind = forms.ChoiceField(label="Kind", widget=forms.RadioSelect, choices=[("a", "A"), ("b", "B")])


def test_a_field_with_an_error_is_tied_to_its_hint_and_its_error() -> None:
    shown = drawn("{% field form.count %}", form=Asked({"count": "many", "kind": "a"}))
    assert 'aria-describedby="id_count_hint id_count_error"' in shown
    assert 'aria-invalid="true"' in shown
    assert 'id="id_count_error"' in shown


def test_the_summary_links_each_error_to_its_field_and_names_it() -> None:
    shown = drawn("{% error_summary form %}", form=Asked({}))
    assert re.findall(r'<a href="(#\w+)">([^<]*)</a>', shown) == [
        ("#id_count", "How many: This field is required."),
        ("#id_kind_0", "Kind: This field is required."),
    ]
    assert drawn("{% error_summary form %}", form=Asked()).strip() == ""


@pytest.mark.parametrize("label", ["Who asked him?", "Women were heard.", "នរណាហៅ?", "បានអានហើយ។"])
def test_a_label_that_ends_a_sentence_has_one_mark_before_its_error(label: str) -> None:
    asked = type("Asked", (forms.Form,), {"one": forms.CharField(label=label)})({})
    shown = drawn("{% error_summary form %}", form=asked)
    assert f">{label[:-1]}: This field is required.<" in shown


def test_a_status_has_a_word_a_shape_and_a_tone() -> None:
    for key, status in STATUSES.items():
        shown = drawn("{% status key %}", key=key)
        assert f'class="status {status.tone}"' in shown
        assert "<svg" in shown
        with translation.override("en"):
            assert str(status.word) in shown


def test_shapes_of_different_tones_differ() -> None:
    assert len(set(SHAPES.values())) == len(Tone) == len(SHAPES)


def test_a_hidden_figure_is_no_link_and_no_number() -> None:
    shown = drawn("{% figure f href='/rows/' %}", f=replace(FIGURE, suppressed=True, value=3, reason="Too few"))
    assert "/rows/" not in shown
    assert re.search(r"Not shown\s*</p>\s*<p>Too few</p>", shown) is not None
    assert ">3<" not in shown


def test_a_known_figure_opens_its_records_and_says_what_is_unknown() -> None:
    shown = drawn("{% figure f href='/rows/' %}", f=replace(FIGURE, value=0.5, numerator=25, denominator=50, unknown=4))
    assert re.search(r'<a href="/rows/">\s*25/50 \(50.0%\)\s*</a>', shown) is not None
    assert re.search(r"not known <b>4</b>", shown) is not None


def test_only_a_table_too_wide_for_a_phone_becomes_cards_with_labels() -> None:
    for width, labels in ((3, []), (4, ["0", "1", "2", "3"])):
        table = Table("c", [Column(str(at)) for at in range(width)], [[Entry("x")] * width])
        assert re.findall(r'data-label="(\d)"', drawn("{% table t %}", t=table)) == labels


def test_a_file_is_chosen_in_the_language_of_the_page() -> None:
    class Sent(forms.Form):
        file = forms.FileField(label="File")

    shown = drawn("{% field form.file %}", form=Sent())
    assert re.search(r'<label class="button secondary" for="id_file">.*Choose a file</label>', shown) is not None


def test_a_table_escapes_what_people_wrote() -> None:
    table = Table("c", [Column("a"), Column("n", True)], [[Entry("<b>x</b>"), Entry("1", "/x/")]])
    shown = drawn("{% table t %}", t=table)
    assert "&lt;b&gt;x" in shown
    assert '<td class="num">' in shown


def test_the_pager_keeps_the_filters_and_leads_on_by_the_mark() -> None:
    shown = drawn("{% pager 51 total=120 shown=50 %}", "/x/?place=04&after=1")
    assert re.findall(r'href="([^"]*)"', shown) == ["?place=04", "?place=04&amp;after=51"]
    assert "50 of 120" in shown
    assert re.findall(r"href=", drawn("{% pager None %}", "/x/")) == []


def test_marks_and_ids_grow_no_commas() -> None:
    assert drawn("{{ n }}-{{ n|number }}", n=6322) == "6322-6,322"


def test_a_figure_says_how_many_of_its_records_wait_for_verification() -> None:
    template = "{% load components %}{% figure figure %}"
    said = "Records from the field behind it, not verified yet"
    counted = replace(FIGURE, value=40, unverified=0)
    assert (said in drawn(template, figure=counted), said in drawn(template, figure=replace(FIGURE, value=40))) == (
        False,
        False,
    )
    assert f"{said} <b>12</b>" in drawn(template, figure=replace(counted, unverified=12))
    least = replace(counted, unverified=12, unverified_at_least=True)
    assert f"{said} at least <b>12</b>" in drawn(template, figure=least)
