"""Workbooks of forms: those that can be taken, and those that cannot, told by sheet and row."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.utils import translation

from samaki.engines.fieldforms.xforms import read_definition
from samaki.engines.fieldforms.xforms.reading import read_xml
from samaki.engines.fieldforms.xlsforms.checks import checked
from samaki.engines.fieldforms.xlsforms.conversion import Converted, convert
from samaki.engines.fieldforms.xlsforms.faults import Fault, Level
from tests.factories.forms import CHOICES, SETTINGS, SURVEY, a_form, a_workbook, asking

pytestmark = pytest.mark.once


def _errors(content: bytes, name: str = "form.xlsx") -> list[tuple[str, str, int | None]]:
    found = convert(content, name)
    faults = [*found.faults, *(_checked(found) if found.xform else ())]
    return [(one.code, one.sheet, one.row) for one in faults if one.level is Level.ERROR]


def _checked(found: Converted) -> tuple[Fault, ...]:
    assert found.xform is not None
    return checked(read_xml(found.xform.encode()), read_definition(found.xform), found.rows)


def test_a_form_in_both_languages_becomes_an_xform_with_its_questions() -> None:
    found = convert(a_form(), "visits.xlsx")
    assert found.xform is not None
    definition = read_definition(found.xform)
    assert (definition.form_id, definition.version, sorted(definition.repeats)) == ("visits", "1", ["people"])
    kind = next(one for one in definition.questions if one.name == "kind")
    assert (kind.label_km, kind.label_en, kind.choices[0]) == (
        "ប្រភេទ",
        "Kind of meeting",
        ("training", "វគ្គបណ្តុះបណ្តាល", "Training"),
    )
    assert [one.code for one in (*found.faults, *_checked(found))] == []


def test_a_form_without_an_id_is_named_after_its_file() -> None:
    found = convert(a_form(settings=(("form_title",), ("Visits",))), "../../etc/House visits.xlsx")
    assert read_definition(found.xform or "").form_id == "House_visits"


@pytest.mark.parametrize(
    ("title", "named"), [("Visits \u202excod.exe", "U+202E"), ("\u2067Visits\u2069", "U+2067, U+2069")]
)
def test_a_title_that_turns_the_direction_of_writing_is_refused(title: str, named: str) -> None:
    found = convert(a_form(settings=(("form_title", "form_id", "version"), (title, "visits", "1"))), "visits.xlsx")
    assert [(one.code, one.sheet, one.value) for one in _checked(found) if one.level is Level.ERROR] == [
        ("form_title_turned", "settings", named)
    ]


def test_a_khmer_title_may_hold_signs_that_part_its_words() -> None:
    found = convert(a_form(settings=(("form_title",), ("ការ\u200bចុះ\u200dសួរ",))), "visits.xlsx")
    assert [one.code for one in _checked(found) if one.level is Level.ERROR] == []


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ((("text", "a", "ក", "A"), ("text", "a", "ក", "A")), ("form_name_twice", "survey", 3)),
        ((("txt", "a", "ក", "A"),), ("form_type_unknown", "survey", 2)),
        ((("", "a", "ក", "A"),), ("form_without_type", "survey", 2)),
        ((("text", "", "ក", "A"),), ("form_without_name", "survey", 2)),
        ((("text", "a b", "ក", "A"),), ("form_name_letters", "survey", 2)),
        ((("select_one nothing", "a", "ក", "A"),), ("form_list_missing", "survey", 2)),
        ((("text", "a", "ក", "A", "${b} = 1"),), ("form_reference_unknown", "survey", 2)),
        ((("begin_group", "g", "ក", "G"), ("text", "a", "ក", "A")), ("form_begin_alone", "survey", 2)),
        ((("text", "a", "ក", "A"), ("end_group", "", "", "")), ("form_end_alone", "survey", 3)),
        ((("text", "a", "ក", "A"), ("calculate", "c", "", "", "", "/data/b + 1")), ("form_path_unknown", "survey", 3)),
        ((("text", "a", "ក", "A"), ("text", "b", "ខ", "B", "../c = 1")), ("form_path_unknown", "survey", 3)),
        ((("text", "a", "ក", "A"), ("text", "b", "ខ", "B", "(${a} = 1")), ("form_expression_broken", "survey", 3)),
        ((("text", "a", "ក", "A", "", "", "near(., 1)"),), ("form_function_unknown", "survey", 2)),
        ((("calculate", "c", "", "", "", "instance('x')/root/item[a=1]/b"),), ("form_instance_unknown", "survey", 2)),
    ],
)
def test_what_is_wrong_is_told_by_sheet_and_row(
    rows: tuple[tuple[str, ...], ...], expected: tuple[str, str, int | None]
) -> None:
    assert _errors(asking(*rows)) == [expected]


def test_all_that_is_wrong_in_the_rows_is_told_in_one_go() -> None:
    rows = (
        ("txt", "a", "ក", "A"),
        ("text", "b", "ខ", "B"),
        ("text", "b", "ខ", "B"),
        ("select_one nolist", "c", "គ", "C"),
        ("integer", "d", "", ""),
        ("text", "", "ង", "E", "${nobody} = 1"),
        ("calculate", "f"),
        ("begin_group", "g", "ក្រុម", "G"),
        ("end_repeat",),
    )
    choices = (("list_name", "name", "label::English (en)"), ("k", "x", "X"), ("k", "x", "X again"), ("k", "", "Y"))
    found = convert(asking(*rows, choices=choices), "visits.xlsx")
    assert [(one.code, one.sheet, one.row, one.value) for one in found.faults if one.level is Level.ERROR] == [
        ("form_type_unknown", "survey", 2, "txt"),
        ("form_name_twice", "survey", 4, "b"),
        ("form_list_missing", "survey", 5, "nolist"),
        ("form_without_label", "survey", 6, "d"),
        ("form_without_name", "survey", 7, ""),
        ("form_reference_unknown", "survey", 7, "nobody"),
        ("form_without_calculation", "survey", 8, ""),
        ("form_end_alone", "survey", 10, ""),
        ("form_choice_twice", "choices", 3, "x"),
        ("form_choice_without_name", "choices", 4, ""),
    ]
    assert sum(bool(one.detail) for one in found.faults) == 1


@pytest.mark.parametrize("language", ["km", "en"])
def test_a_fault_reads_in_both_languages_and_keeps_the_converters_sentence(language: str) -> None:
    (fault,) = convert(asking(("text", "a", "ក", "A", "${b} = 1")), "form.xlsx").faults
    with translation.override(language):
        said = f"{fault.what} {fault.remedy}"
    assert ("ឈ្មោះ" in said or "សំណួរ" in said) is (language == "km")
    assert "Could not find the name 'b'" in fault.detail
    assert Fault.from_json(fault.as_json()) == fault


def test_paths_inside_lists_and_of_the_row_itself_are_right() -> None:
    rows = (
        ("select_one kinds", "kind", "ក", "Kind"),
        ("calculate", "said", "", "", "", "instance('kinds')/root/item[name = /data/kind]/label"),
        ("begin_repeat", "people", "ក", "People"),
        ("integer", "age", "ក", "Age", "", "", ". >= 0 and . < 120"),
        ("text", "why", "ក", "Why", "../age > 3 and position(..) = 1"),
        ("end_repeat",),
        ("calculate", "total", "", "", "", "sum(${age}) + count(/data/people)"),
    )
    assert _errors(asking(*rows)) == []


@pytest.mark.parametrize(
    ("label_km", "label_en", "code"),
    [
        ("តើអ្នកមានមេរោគអេដស៍ទេ?", "Health", "asks_hiv"),
        ("ក", "What is your HIV status?", "asks_hiv"),
        ("ក", "What is your sexual orientation?", "asks_orientation"),
        ("ក", "Were you born intersex?", "asks_sex_characteristics"),
        ("ឈ្មោះអ្នករងគ្រោះ", "Who", "asks_survivor"),
        ("ក", "Phone number of the survivor", "asks_survivor"),
    ],
)
def test_words_that_ask_what_is_never_stored_are_asked_about(label_km: str, label_en: str, code: str) -> None:
    found = convert(asking(("text", "a", label_km, label_en)), "form.xlsx")
    assert [(one.code, one.level, one.row) for one in _checked(found)] == [(code, Level.ASK, 2)]


@pytest.mark.parametrize("label", ["Number of women", "How many survivors were referred?", "Name of the village chief"])
def test_ordinary_questions_are_not_asked_about(label: str) -> None:
    assert _checked(convert(asking(("text", "a", "ក", label)), "form.xlsx")) == ()


def test_missing_words_of_one_language_are_noted_not_refused() -> None:
    found = convert(asking(("text", "a", "", "Village"), ("text", "b", "ភូមិ", "")), "form.xlsx")
    codes = {one.code: one.value for one in (*found.faults, *_checked(found)) if one.code.startswith("form_without_")}
    assert codes == {"form_without_khmer": "a", "form_without_english": "b"}


def _zip_bomb() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(a_form())) as good, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as bad:
        for info in good.infolist():
            bad.writestr(info.filename, good.read(info))
        bad.writestr("xl/worksheets/sheet9.xml", b" " * 420_000_000)
    return target.getvalue()


def _with_entity() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(a_form())) as good, zipfile.ZipFile(target, "w") as bad:
        for info in good.infolist():
            content = good.read(info)
            if info.filename == "xl/workbook.xml":
                content = content.replace(
                    b"<workbook", b'<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]><workbook', 1
                )
            bad.writestr(info.filename, content)
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"%PDF-1.4 and more", "file_not_a_table"),
        (b"\x89PNG\r\n", "file_not_a_table"),
        (b"<html><body>a,b,c,d,e,f</body></html>", "file_not_a_table"),
        (a_form()[:-900], "file_damaged"),
        (b"PK\x03\x04" + b"x" * 500, "file_damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "form_not_xlsform"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "file_protected"),
        (b"name,age\n\xff\xfe\xfa,3\n", "file_encoding"),
        (b"a\0b,c,d,e,f\n", "file_not_a_table"),
        (b"name,age,place,x,y\nSok,3,here,4,5\n", "form_not_xlsform"),
        (b"x" * (10 * 1024 * 1024 + 1), "file_too_big"),
        (_with_entity(), "file_with_entities"),
        (a_workbook({"letters": (("Dear Sir",),), "more": (("and Madam",),)}), "form_no_survey"),
    ],
)
def test_what_is_no_form_is_refused_in_words(content: bytes, code: str) -> None:
    assert [one[0] for one in _errors(content)] == [code]


def test_a_workbook_that_unpacks_to_too_much_is_refused_before_it_is_read() -> None:
    assert [one[0] for one in _errors(_zip_bomb())] == ["file_unpacks_too_large"]


def test_a_form_that_eats_memory_ends_in_words_and_not_with_the_server() -> None:
    rows = tuple(("text", f"q{n}", "ក" * 3_000, "A" * 3_000) for n in range(4_000))
    assert {one[0] for one in _errors(asking(*rows))} <= {"form_too_large", "form_too_slow"}


def test_naughty_strings_are_taken_as_words() -> None:
    label = "'; DROP TABLE x; -- <script>alert(1)</script> &lt; ]]> ${jndi} ﷽ \u202e"
    found = convert(asking(("text", "a", label.replace("${jndi}", ""), "A")), "form.xlsx")
    assert read_definition(found.xform or "").questions[0].label_km.startswith("'; DROP TABLE x; -- <script>")


def test_the_child_gets_none_of_our_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    import subprocess

    seen: list[object] = []
    run = subprocess.run

    def watched(*args: object, **kwargs: object) -> object:
        seen.append(kwargs["env"])
        return run(*args, **kwargs)  # type: ignore[call-overload]  # passed on

    monkeypatch.setattr("samaki.engines.fieldforms.xlsforms.conversion.subprocess.run", watched)
    monkeypatch.setenv("SAMAKI_MASTER_KEY", "00" * 32)
    convert(a_form(SURVEY, choices=CHOICES, settings=SETTINGS), "form.xlsx")
    assert [sorted(one) for one in seen] == [["LANG", "PATH", "TMPDIR"]]  # type: ignore[call-overload]  # a dictionary
