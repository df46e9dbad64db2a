"""Keys that people give to things and type again: on the command line, in addresses, in workbooks."""

from __future__ import annotations

import re

from django.utils.translation import gettext_lazy as _

from samaki.kernel.errors import Invalid

_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def expect_key(key: str, most: int) -> None:
    """Raises Invalid for a key that is not lower-case words joined by hyphens, or longer than `most` characters."""
    if not _KEY.fullmatch(key) or len(key) > most:
        raise Invalid("key_wanted", _("A key is lower-case letters and digits, joined by hyphens."), field="key")
