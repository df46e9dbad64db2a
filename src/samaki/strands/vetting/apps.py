from importlib import import_module

from django.apps import AppConfig


class Vetting(AppConfig):
    name = "samaki.strands.vetting"
    label = "vetting"

    def ready(self) -> None:
        import_module("samaki.strands.vetting.known")
        import_module("samaki.strands.vetting.panels")
        import_module("samaki.strands.vetting.reactions")
