from importlib import import_module

from django.apps import AppConfig


class Activities(AppConfig):
    name = "samaki.ground.activities"
    label = "activities"

    def ready(self) -> None:
        import_module("samaki.ground.activities.reactions")
        import_module("samaki.ground.activities.taking_part")
        import_module("samaki.ground.activities.form_handlers")
