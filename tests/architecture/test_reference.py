from __future__ import annotations

import pytest

from scripts.reference import DOCS, pages


@pytest.mark.parametrize(
    "name", ["run/settings.md", *(f"reference/{n}.md" for n in ("policy", "events", "indicators", "command-line"))]
)
def test_the_generated_pages_say_what_the_code_says(name: str) -> None:
    """Where this fails: `make docs`, then read what changed before committing it."""
    assert (DOCS / name).read_text(encoding="utf-8") == pages()[name]
