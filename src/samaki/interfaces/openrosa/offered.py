"""Which forms a phone is offered: published, open, of her organisation, hers to fill, and none that asks for what only
named staff may read, since apps store what is filled in the clear."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from samaki.engines.fieldforms.models import Form, FormMedia, FormVersion
from samaki.ground.accounts.devices import Sender
from samaki.kernel.errors import NotFound
from samaki.kernel.form_handlers import Tier, form_handlers
from samaki.kernel.policy import Action, reach

logger = logging.getLogger("samaki.openrosa")
_MD5 = re.compile(r"[0-9a-f]{32}")
_UNSAFE = re.compile(r"[/\\\x00-\x1f]")


@dataclass(frozen=True)
class OfferedForm:
    """The newest published version of a form."""

    version_id: int
    key: str
    titles: tuple[str, str]  # Khmer, English
    version: str
    md5: str
    has_media: bool

    def name(self, language: str) -> str:
        """Never empty: an entry without a name makes a phone drop the whole list."""
        km, en = (title.strip() for title in self.titles)
        return (km or en if language == "km" else en or km) or self.key


@dataclass(frozen=True)
class OfferedFile:
    id: int
    name: str
    md5: str


def offered_forms(sender: Sender, form_id: str | None = None) -> list[OfferedForm]:
    """By key; with `form_id`, that one alone. An entry that a phone could not read is left out and logged."""
    forms = {form.pk: form for form in _forms(sender) if form_id is None or form.key == form_id}
    published = FormVersion.objects.filter(form__in=forms, state=FormVersion.State.PUBLISHED)
    newest = {
        row[0]: row[1:]
        for row in published.order_by("published_at", "pk").values_list("form_id", "pk", "version", "md5")
    }
    with_media = set(
        FormMedia.objects.filter(version__in=[row[0] for row in newest.values()]).values_list("version_id", flat=True)
    )
    found = []
    for form_pk, (version_id, version, md5) in newest.items():
        form = forms[form_pk]
        if not form.key.isprintable() or not form.key.strip() or not _MD5.fullmatch(md5):
            logger.error("form %s is left out of the list: its id or hash cannot be told to a phone", form_pk)
            continue
        titles = (form.title_km, form.title_en)
        found.append(OfferedForm(version_id, form.key, titles, version, md5, version_id in with_media))
    return sorted(found, key=lambda one: one.key)


def offered_version(sender: Sender, version_id: int) -> FormVersion:
    """Any published version of an offered form: a phone may still hold records of an older one. Raises NotFound."""
    found = FormVersion.objects.filter(pk=version_id, state=FormVersion.State.PUBLISHED).select_related("form").first()
    if found is None or not any(form.pk == found.form_id for form in _forms(sender)):
        raise NotFound("no_such_form", _("There is no such form here."))
    return found


def offered_files(sender: Sender, version_id: int) -> list[OfferedFile]:
    """What goes with a version, by name; what has no bare file name is left out. Raises NotFound."""
    version = offered_version(sender, version_id)
    rows = FormMedia.objects.filter(version=version).order_by("name").values_list("pk", "name", "md5")
    return [OfferedFile(*row) for row in rows if row[1].strip(". ") and not _UNSAFE.search(row[1])]


def offered_file(sender: Sender, version_id: int, file_id: int) -> FormMedia:
    """Raises NotFound."""
    version = offered_version(sender, version_id)
    found = FormMedia.objects.filter(version=version, pk=file_id).first()
    if found is None:
        raise NotFound("no_such_file", _("There is no such file here."))
    return found


def _forms(sender: Sender) -> Iterator[Form]:
    hers = Form.objects.filter(
        Q(organisation__isnull=True) | Q(organisation=sender.organisation_id),
        programme=sender.programme_id,
        is_open=True,
        is_sensitive=False,
    )
    for form in hers.defer("mapping"):
        action = Action.RECORD_ACTIVITY
        if form.handler in form_handlers:
            handler = form_handlers[form.handler]
            if handler.tier is Tier.T4:
                continue
            action = handler.action
        if _may(sender, action):
            yield form


def _may(sender: Sender, action: Action) -> bool:
    """In the name of the organisation; of which group a record is, its handler asks."""
    return any(
        replace(extent, group_id=None).covers(sender.organisation_id, sender.programme_id, None)
        for extent in reach(sender.actor, action).extents
    )
