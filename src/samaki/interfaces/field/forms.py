"""The built-in forms of a programme, one for each job, as a phone fills them in."""

from __future__ import annotations

from django.utils import timezone

from samaki.engines.fieldforms.built_in import ensure_built_in, is_job
from samaki.engines.fieldforms.models import FormVersion
from samaki.ground.programmes.models import Programme
from samaki.interfaces.field.jobs import handlers
from samaki.kernel.actors import System


def built_in_versions(programme: Programme) -> dict[str, FormVersion]:
    """Handler's key → the published version that is filled in now. A job that this programme has no form of yet gets
    one; a form that somebody closed is no job."""
    found = _published(programme)
    if any(handler.key not in found and _fits(handler.key, programme) for handler in handlers()):
        ensure_built_in(programme, by=System("a phone asks for its forms"), at=timezone.now())
        found = _published(programme)
    return {key: version for key, version in found.items() if version.form.is_open}


def _fits(key: str, programme: Programme) -> bool:
    return next(one.fits is None or one.fits(programme.pk) for one in handlers() if one.key == key)


def _published(programme: Programme) -> dict[str, FormVersion]:
    found = FormVersion.objects.filter(
        form__programme=programme, form__is_built_in=True, state=FormVersion.State.PUBLISHED
    )
    ordered = found.select_related("form").order_by("published_at", "pk")
    return {version.form.handler: version for version in ordered if is_job(version.form)}
