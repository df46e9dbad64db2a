from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules


class Samaki(AppConfig):
    name = "samaki.project"
    label = "samaki"

    def ready(self) -> None:
        # Each noun says there what it seals, which states it holds, and what of it must go after its time.
        autodiscover_modules("stores", "transitions", "retention")
        post_migrate.connect(
            _hold_states, sender=apps.get_app_config("audit")
        )  # once; an app without models hears nothing


def _hold_states(sender: AppConfig, **options: object) -> None:
    from samaki.kernel.database import frozen, transitions

    transitions.install()
    frozen.install()
