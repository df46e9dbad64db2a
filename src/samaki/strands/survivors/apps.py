from importlib import import_module

from django.apps import AppConfig


class Survivors(AppConfig):
    name = "samaki.strands.survivors"
    label = "survivors"

    def ready(self) -> None:
        import_module("samaki.strands.survivors.panels")
        import_module("samaki.strands.survivors.reactions")
