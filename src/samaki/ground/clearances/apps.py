from importlib import import_module

from django.apps import AppConfig


class Clearances(AppConfig):
    name = "samaki.ground.clearances"
    label = "clearances"

    def ready(self) -> None:
        import_module("samaki.ground.clearances.known")
        import_module("samaki.ground.clearances.reactions")
