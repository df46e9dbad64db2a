from importlib import import_module

from django.apps import AppConfig


class Needs(AppConfig):
    name = "samaki.ground.needs"
    label = "needs"

    def ready(self) -> None:
        import_module("samaki.ground.needs.form_handlers")
