"""pyxform's errors and warnings as our own reasons, with the place they name; its English sentence stays as detail."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from samaki.engines.fieldforms.xlsforms.faults import Fault, Level
from samaki.kernel.tables.reasons import reasons

_ROW = re.compile(r"\[row ?: ?(\d+)\]")
_SHEET = re.compile(r"(?:On the|for sheet:|'s) '(\w+)'(?: sheet)?")
_COLUMN = re.compile(r"(?:sheet, the|column) '([^']+)'")
_BY_CODE = {
    "PYREF_001": ("form_reference_broken", ""),
    "PYREF_002": ("form_reference_broken", ""),
    "PYREF_003": ("form_reference_unknown", "q"),
    "PYREF_004": ("form_reference_twice", "q"),
    "NAMES_001": ("form_name_twice", "value"),
    "NAMES_002": ("form_name_case", "value"),
    "NAMES_003": ("form_name_reserved", "value"),
    "NAMES_004": ("form_name_twice", "value"),
    "NAMES_005": ("form_name_reserved", ""),
    "NAMES_006": ("form_choice_without_name", ""),
    "NAMES_007": ("form_choice_twice", ""),
    "NAMES_008": ("form_name_letters", ""),
    "NAMES_009": ("form_name_letters", "name"),
    "NAMES_013": ("form_sheet_misnamed", "candidates"),
    "LABEL_001": ("form_choice_without_label", ""),
    "HEADER_001": ("form_headings_missing", ""),
    "HEADER_002": ("form_heading_twice", "header"),
    "HEADER_003": ("form_headings_missing", "missing"),
    "HEADER_004": ("form_choice_heading", "column"),
    "SURVEY_001": ("form_end_alone", "name"),
    "SURVEY_002": ("form_begin_alone", "name"),
}
_BY_FAMILY = {
    "ENTITY": "form_entities",
    "HEADER": "form_entities",
    "NAMES": "form_entities",
    "RANGE": "form_parameters",
    "SURVEY": "form_parameters",
}
_BY_SENTENCE = tuple(
    (re.compile(pattern), code)
    for pattern, code in (
        (r"Question with no type", "form_without_type"),
        (r"(?:Question or group|element).* no name", "form_without_name"),
        (r"Missing calculation", "form_without_calculation"),
        (r"Unknown question type '(.*?)'", "form_type_unknown"),
        (r"List name not in (?:external )?(?:choices|columns) sheet: (.*)", "form_list_missing"),
        (r"Please ensure that the (?:external_)?choices sheet has", "form_list_missing"),
        (r"Choice names with spaces cannot be added.*?\[(.*?)\]", "form_choice_spaces"),
        (r"There (?:is|are) (?:no|multiple) survey elements? named '(.*?)'", "form_reference_unknown"),
        (r"element named '(.*?)' has no label", "form_without_label"),
        (r"has no label: .*?'name': '(.*?)'", "form_group_without_label"),
        (r"has no label", "form_group_without_label"),
        (r"is being skipped", "form_row_skipped"),
        (r"Language '(.*?)' is missing the", "form_translation_missing"),
        (r"valid machine-readable codes: (.*?)\. Learn", "form_language_code"),
        (r"max-pixels parameter to speed up", "form_image_size"),
        (r"no longer supported on most devices", "form_type_old"),
        (r"(?:W|w)orkbook is encrypted|Encrypted", "file_protected"),
        (r"not recognized as a supported type|appear to be a valid XLSForm|Error reading", "form_not_xlsform"),
        (r"unexpected keyword argument|first column|no survey", "form_not_xlsform"),
        (r"Duplicate column header: (.*)", "form_heading_twice"),
        (r"sheet named 'survey'", "form_no_survey"),
        (r"'or other'|or_other", "form_or_other"),
        (r"'disabled' column", "form_disabled_column"),
        (r"[Pp]arameter", "form_parameters"),
    )
)


def told_by_pyxform(said: Mapping[str, Any], level: Level) -> Fault:
    """`said` is what the child gives: a text, its code where pyxform named one, and the values in it."""
    text, code, values = str(said["text"]), str(said["code"]), dict(said.get("values") or {})
    key, value = _meaning(text, code, values)
    if not key:
        key = "form_refused" if level is Level.ERROR else "form_noted"
    row = _ROW.search(text)
    sheet, column = _SHEET.search(text), _COLUMN.search(text)
    return Fault(
        key,
        level,
        sheet=values.get("sheet") or values.get("sheet_name") or (sheet[1] if sheet else "survey" if row else ""),
        row=int(row[1]) if row else None,
        column=values.get("column") or (column[1] if column else ""),
        value=value[:200],
        detail=text,
    )


def _meaning(text: str, code: str, values: Mapping[str, str]) -> tuple[str, str]:
    if code in reasons:  # the child's own words
        return code, ""
    if code in _BY_CODE:
        key, value = _BY_CODE[code]
        return key, values.get(value, "")
    if code:
        return _BY_FAMILY.get(code.partition("_")[0], ""), ""
    for pattern, key in _BY_SENTENCE:
        match = pattern.search(text)
        if match is not None:
            return key, (match[1] or "") if pattern.groups else ""
    return "", ""
