"""What the database itself holds of learning: a version of a curriculum stands once it is agreed, an instrument's once
it is published, so that what a session used, or a person was asked, stays what it was."""

from samaki.kernel.database.frozen import FrozenRows, frozen_rows
from samaki.strands.learning.models import CurriculumVersion, InstrumentItem, InstrumentVersion, Material, Module

_AGREED = "{holder}.\"state\" <> 'draft'"
_PUBLISHED = '{holder}."is_published"'
frozen_rows.register(
    FrozenRows(CurriculumVersion, (), _AGREED, ("curriculum_id", "number", "summary_km", "summary_en"))
)
frozen_rows.register(FrozenRows(Module, ("version",), _AGREED))
frozen_rows.register(FrozenRows(Module.themes.through, ("module", "version"), _AGREED))
frozen_rows.register(FrozenRows(Material, ("module", "version"), _AGREED))
frozen_rows.register(
    FrozenRows(
        InstrumentVersion,
        (),
        _PUBLISHED,
        ("instrument_id", "number", "wording_km", "wording_en", "source", "bands"),
    )
)
frozen_rows.register(FrozenRows(InstrumentItem, ("version",), _PUBLISHED))
