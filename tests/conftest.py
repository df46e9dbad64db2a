from __future__ import annotations

from django.db import connection

from tests.settings import DATABASE


def pytest_report_header() -> str:
    return f"samaki: asked for {DATABASE}, runs on {connection.vendor} ({connection.settings_dict['ENGINE']})"
