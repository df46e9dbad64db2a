from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules


class Results(AppConfig):
    name = "samaki.engines.results"
    label = "results"

    def ready(self) -> None:
        autodiscover_modules("measures", "evidence")  # the ground and the strands say there what can be counted
        from samaki.engines.results import reactions  # noqa: F401  # answers events of the ground

        post_migrate.connect(_lay_triggers, sender=self)
        post_migrate.connect(_load_catalogue, sender=self)


def _lay_triggers(sender: AppConfig, **options: object) -> None:
    """Every change of a counted table is noted from the moment the table stands."""
    from samaki.engines.results.columns.triggers import install

    install()


def _load_catalogue(sender: AppConfig, apps: Any = None, **options: object) -> None:
    """The definitions of this release are in the catalogue as soon as its tables are."""
    from samaki.engines.results.operations import load_catalogue
    from samaki.kernel.actors import System

    if apps is not None:  # None: the tables were emptied
        try:
            apps.get_model("results", "IndicatorVersion")
            apps.get_model("audit", "AuditEntry")
        except LookupError:  # migrated back to before these tables
            return
    load_catalogue(by=System("definitions of this release"))
