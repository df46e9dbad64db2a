"""Words that may ask what is never stored about a person (domain: identity is counted, not listed)."""

from __future__ import annotations

import re

_NAME_OR_CONTACT = r"(?:name|phone|telephone|mobile|contact|address|ឈ្មោះ|នាម|ទូរស័ព្ទ|ទូរសព្ទ|អាសយដ្ឋាន|ទំនាក់ទំនង)"
_SURVIVOR = r"(?:survivor|victim|អ្នករងគ្រោះ|ជនរងគ្រោះ|អ្នកនៅរស់)"
_RULES = (
    ("asks_hiv", r"\bhiv\b|\bhiv_|_hiv\b|\bplhiv\b|\bA\.?R\.?[VT]\b|antiretroviral|\bcd4\b|viral load|អេដស៍|ហ៊ីវ"),
    (
        "asks_orientation",
        r"sexual[ _]orientation|\b(?:homo|hetero|bi)sexual\b|\b(?:gay|lesbian)\b|\bmsm\b|\blgbt"
        r"|ទំនោរ\s*(?:ផ្លូវ)?ភេទ|និន្នាការ\s*(?:ផ្លូវ)?ភេទ|ស្រឡាញ់ភេទដូចគ្នា|ស្រលាញ់ភេទដូចគ្នា",
    ),
    ("asks_sex_characteristics", r"sex[ _]characteristic|intersex|genital|លក្ខណៈភេទ|អន្តរភេទ|ប្រដាប់ភេទ"),
    ("asks_survivor", rf"{_SURVIVOR}[^.?!។]{{0,40}}{_NAME_OR_CONTACT}|{_NAME_OR_CONTACT}[^.?!។]{{0,40}}{_SURVIVOR}"),
)
_PATTERNS = tuple((code, re.compile(pattern, re.IGNORECASE)) for code, pattern in _RULES)
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))


def asked(*texts: str) -> str:
    """The reason that the words of one question give for asking its maker, or ""."""
    plain = [text.translate(_INVISIBLE) for text in texts if text]
    return next((code for code, pattern in _PATTERNS if any(pattern.search(text) for text in plain)), "")
