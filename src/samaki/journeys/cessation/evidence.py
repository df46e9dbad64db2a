"""The released figures, offered to the results engine."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from samaki.journeys.cessation.operations import AREA, PROVINCE, SOURCES
from samaki.journeys.cessation.queries import latest
from samaki.kernel.evidence import IndicatorFile, indicator_files
from samaki.kernel.releases import ReleaseSource, release_sources

indicator_files.register(IndicatorFile("journeys.cessation", Path(__file__).with_name("indicators.toml")))
for key in SOURCES:
    release_sources.register(ReleaseSource(key, (AREA, PROVINCE), partial(latest, key)))
