"""Likeness worked out by Splink, the extra for large lists: probabilities learnt from the list itself (Fellegi and
Sunter's model, fitted by expectation maximisation) instead of our own weights. Chosen by name, never by itself.

What is learnt is kept as JSON: probabilities of agreement by trait, and no name. Names stay in the memory of the
process; DuckDB is told to write nothing to disk.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from samaki.ground.people.romanisation import skeleton
from samaki.ground.people.rules import Traits
from samaki.kernel.errors import Conflict, Invalid

FEWEST_TO_LEARN_FROM = 200  # people: fewer tell nothing of how often strangers agree
_SEED = 1
_PAIRS_TO_LEARN_FROM = 1e6
_Pairs = dict[tuple[int, int], float]

_EITHER = "({0}_1_l = {0}_1_r AND {0}_2_l = {0}_2_r) OR ({0}_1_l = {0}_2_r AND {0}_2_l = {0}_1_r)"
_NEAR = "jaro_winkler_similarity(sound_{0}_l, sound_{1}_r) >= "
_CLOSE = " OR ".join(
    f"({_NEAR.format(1, one)}{{0}} AND {_NEAR.format(2, other)}{{0}})" for one, other in ((1, 2), (2, 1))
)
_ONE_PART = "sound_1_l IN (sound_1_r, sound_2_r) OR sound_2_l IN (sound_1_r, sound_2_r)"


def installed() -> bool:
    try:
        import splink  # noqa: F401  # heavy, and an extra
    except ImportError:
        return False
    return True


def probabilities(people: Mapping[int, Traits], model: Path, *, train: bool, at_least: float) -> _Pairs:
    """Pairs (the lower id first) that are one person with a probability of `at_least`. The model is learnt from these
    people where there is none yet, or where `train` asks for it, and kept at `model`. Raises Conflict("not_installed"),
    Invalid("too_few_to_learn_from")."""
    if not installed():
        raise Conflict("not_installed", _("Splink is not installed here. It comes with: pip install samaki[matching]"))
    learns = train or not model.exists()
    if learns and len(people) < FEWEST_TO_LEARN_FROM:
        raise _too_few()
    import duckdb  # comes with Splink
    from splink import Linker
    from splink.internals.duckdb.database_api import DuckDBAPI

    connection = duckdb.connect(":memory:")
    connection.execute("SET temp_directory = ''; SET max_temp_directory_size = '0KiB'")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frame = DuckDBAPI(connection=connection).register(_frame(people))
        linker = Linker(frame, _settings() if learns else str(model), log_level=40)
        if learns:
            _learn(linker)
            model.parent.mkdir(parents=True, exist_ok=True)
            linker.misc.save_model_to_json(str(model), overwrite=True)
        predicted: Any = linker.inference.predict(threshold_match_probability=at_least)
        found = predicted.as_pandas_dataframe()
    connection.close()
    rows = zip(found["unique_id_l"], found["unique_id_r"], found["match_probability"], strict=True)
    return {(min(int(one), int(other)), max(int(one), int(other))): float(how) for one, other, how in rows}


def _frame(people: Mapping[int, Traits]) -> Any:
    import pandas  # comes with Splink

    return pandas.DataFrame([_row(pk, one) for pk, one in people.items()])


def _row(pk: int, one: Traits) -> dict[str, object]:
    """Names by sound, which both scripts share; as written, in the script there is."""
    written = one.km if any(one.km) else one.latin
    sound = one.sound_km if any(one.sound_km) else one.sound_latin
    bones = sorted(skeleton(part) for part in sound if part)
    return {
        "unique_id": pk,
        "written_1": written[0] or None,
        "written_2": written[1] or None,
        "sound_1": sound[0] or None,
        "sound_2": sound[1] or None,
        "bones": " ".join(bones) or None,
        "bone_1": bones[0] if bones else None,
        "bone_2": bones[-1] if bones else None,
        "birth_year": one.birth_year,
        "phone": one.phone or None,
        "gender": one.gender if one.gender in {"woman", "man"} else None,
        "place": one.place_id,
    }


def _settings() -> Any:
    import splink.comparison_library as cl
    from splink import SettingsCreator, block_on

    def level(sql: str, label: str) -> dict[str, str]:
        return {"sql_condition": sql, "label_for_charts": label}

    def nothing(sql: str) -> dict[str, object]:
        return {"sql_condition": sql, "label_for_charts": "not known", "is_null_level": True}

    name = {
        "output_column_name": "name",
        "comparison_levels": [
            nothing("sound_1_l IS NULL OR sound_1_r IS NULL"),
            level(_EITHER.format("written"), "written the same"),
            level(_EITHER.format("sound"), "sounds the same"),
            level(_CLOSE.format(0.92), "sounds very close"),
            level(_CLOSE.format(0.8), "sounds close"),
            level(_ONE_PART, "one part sounds the same"),
            level("ELSE", "differs"),
        ],
    }
    year = {
        "output_column_name": "birth_year",
        "comparison_levels": [
            nothing("birth_year_l IS NULL OR birth_year_r IS NULL"),
            level("birth_year_l = birth_year_r", "the same"),
            level("abs(birth_year_l - birth_year_r) <= 2", "one or two years apart"),
            level("abs(birth_year_l - birth_year_r) <= 5", "up to five years apart"),
            level("ELSE", "differs"),
        ],
    }
    rules: list[Any] = [
        block_on("bones"),
        block_on("bone_1", "birth_year"),
        block_on("bone_2", "birth_year"),
        "l.bone_1 = r.bone_2 AND l.birth_year = r.birth_year",
        block_on("phone"),
    ]
    return SettingsCreator(
        link_type="dedupe_only",
        comparisons=[name, year, cl.ExactMatch("phone"), cl.ExactMatch("gender"), cl.ExactMatch("place")],
        blocking_rules_to_generate_predictions=rules,
        retain_matching_columns=False,
    )


def _learn(linker: Any) -> None:
    """Raises Invalid("too_few_to_learn_from") where nobody shares enough for a fit."""
    from splink import block_on
    from splink.internals.exceptions import EMTrainingException

    linker.training.estimate_probability_two_random_records_match([block_on("bones", "birth_year")], recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=_PAIRS_TO_LEARN_FROM, seed=_SEED)
    fit = linker.training.estimate_parameters_using_expectation_maximisation
    # What is blocked on is not learnt: names by who shares a birth year and a place (or a gender), the rest by names.
    for rules in ([block_on("bones")], [block_on("birth_year", "place"), block_on("birth_year", "gender")]):
        for rule in rules:
            try:
                fit(rule, max_pairs=_PAIRS_TO_LEARN_FROM)
                break
            except EMTrainingException:
                continue
        else:
            raise _too_few()


def _too_few() -> Invalid:
    return Invalid(
        "too_few_to_learn_from",
        _("A model is learnt from %(least)s people or more, some of whom stand in the list twice."),
        least=FEWEST_TO_LEARN_FROM,
    )
