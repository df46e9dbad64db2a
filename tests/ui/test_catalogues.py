"""The Khmer of the whole product: complete, of the glossary's words, in the spelling of docs/reference/khmer.md."""

from __future__ import annotations

from pathlib import Path

import pytest
from khmernormalizer import khnormal

from samaki.ui.catalogues import GLOSSARY, PACKAGE, checks, extract, mo_path, po, po_path

pytestmark = pytest.mark.once
AVOIDED = checks.avoided(GLOSSARY.with_name("khmer-avoid.csv"))


def khmer() -> list[po.Entry]:
    return po.parse(po_path("km").read_text())


def english() -> list[po.Entry]:
    return po.parse(po_path("en").read_text())


def test_the_catalogue_holds_exactly_the_messages_of_the_source() -> None:
    found = extract.messages(PACKAGE)
    assert {entry.key: entry.plural for entry in khmer()} == {key: message.plural for key, message in found.items()}


def test_no_message_is_untranslated_or_fuzzy() -> None:
    assert checks.untranslated(khmer()) == []


@pytest.mark.parametrize("entries", [khmer, english])
def test_translations_keep_the_placeholders(entries: object) -> None:
    assert checks.placeholders_differ(entries()) == []  # type: ignore[operator]


def test_terms_of_the_glossary_are_translated_by_its_words() -> None:
    assert checks.off_glossary(khmer(), checks.glossary(GLOSSARY)) == []


def test_no_khmer_text_holds_a_wording_to_avoid() -> None:
    assert checks.badly_worded(khmer(), AVOIDED) == []


def test_khmer_is_spelled_in_the_normal_order() -> None:
    faults = [text for entry in khmer() for text in entry.texts if khnormal.khmer_normalize(text) != text]
    assert faults == []


def test_the_glossary_itself_keeps_to_the_style() -> None:
    terms = [po.Entry(term, [row["term_km"]]) for term, row in checks.glossary(GLOSSARY).items()]
    assert checks.badly_worded(terms, AVOIDED) == []
    assert [e.message for e in terms if khnormal.khmer_normalize(e.texts[0]) != e.texts[0]] == []


def test_english_overrides_are_of_messages_in_use_or_terms_of_the_glossary() -> None:
    known = {message for _context, message in extract.messages(PACKAGE)} | set(checks.glossary(GLOSSARY))
    assert [entry.message for entry in english() if entry.message not in known] == []
    assert checks.untranslated(english()) == []


def test_no_english_page_shows_the_bracketed_key_of_a_glossary_term() -> None:
    shown = {entry.key for entry in english()}
    meant = {"Persons counted once", "Contacts (times reached, not persons)", "Not shown (number too small)"}
    terms = checks.glossary(GLOSSARY)
    keys = [e.message for e in khmer() if e.context is None and e.message in terms and " (" in e.message]
    assert [key for key in keys if (None, key) not in shown and key not in meant and not _is_name(key)] == []


def _is_name(term: str) -> bool:
    """Brackets around an abbreviation belong to the English name."""
    inside = term.split(" (")[1].rstrip(")")
    return inside.upper() == inside or inside in {"ToT", "PIN"}


@pytest.mark.parametrize(("language", "entries"), [("km", khmer), ("en", english)])
def test_compiled_catalogues_are_those_of_the_text(language: str, entries: object) -> None:
    assert mo_path(language).read_bytes() == po.compiled(entries(), language)  # type: ignore[operator]


@pytest.mark.parametrize(
    "text",
    ["បានរក្សាទុកដោយជោគជ័យ", "រក្សាទុក!", "ពាក្យ\u200bសម្ងាត់", "យែនឌ័រ", "ស្រ្តី", "ចំនួន ២៥", "ចំនួន: 25", "ទិន្នន័យនេះខុស"],
)
def test_the_list_of_wordings_to_avoid_catches(text: str) -> None:
    assert len(checks.badly_worded([po.Entry("x", [text])], AVOIDED)) == 1


def test_messages_are_found_in_python_and_in_templates(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "a.py").write_text(
        "from django.utils.translation import gettext_lazy as _, ngettext, pgettext\n"
        '_("One " "two")\nngettext("%(n)d cat", "%(n)d cats", 2)\npgettext("verb", "Open")\n_(name)\n'
    )
    (tmp_path / "templates" / "b.html").write_text(
        '{% translate "Home" %}{% button _("Save (all)") %}{{ _("Yes") }}'
        "{% blocktranslate trimmed with n=1 %}\n  {{ n }} of 2\n{% endblocktranslate %}"
        "{% translate 'Open' context 'state' %}"
    )
    found = extract.messages(tmp_path)
    assert {(key, message.plural) for key, message in found.items()} == {
        ((None, "One two"), None),
        ((None, "%(n)d cat"), "%(n)d cats"),
        (("verb", "Open"), None),
        ((None, "Home"), None),
        ((None, "Save (all)"), None),
        ((None, "Yes"), None),
        ((None, "%(n)s of 2"), None),
        (("state", "Open"), None),
    }


def test_a_catalogue_reads_back_as_it_was_written() -> None:
    entries = [
        po.Entry('A "quoted" line\nand another', ["ក"], "menu", None, ["glossary: low"]),
        po.Entry("%d cat", ["%d ក្បាល"], None, "%d cats"),
        po.Entry("Rest", [""], fuzzy=True),
    ]
    assert po.parse(po.render(entries, "km")) == sorted(entries, key=lambda entry: entry.message)


def test_a_fuzzy_or_empty_translation_is_not_compiled() -> None:
    whole = po.compiled([po.Entry("a", ["ក"])], "km")
    assert po.compiled([po.Entry("a", ["ក"]), po.Entry("b", ["ខ"], fuzzy=True), po.Entry("c", [""])], "km") == whole
