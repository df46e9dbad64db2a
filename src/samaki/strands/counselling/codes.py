"""The code of a case that was let go: a keyed hash of the one it had. It tells nobody which man it was, but his own
code, should he come back, still finds it, so that he is not counted twice."""

from __future__ import annotations

from samaki.kernel.sealed import keyed_digest

GONE = "~"
_SIGNS = 24


def gone_code(programme_id: int, code: str) -> str:
    return GONE + keyed_digest(code, purpose=f"case code:{programme_id}").hex()[:_SIGNS]
