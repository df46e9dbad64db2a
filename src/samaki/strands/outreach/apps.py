from importlib import import_module

from django.apps import AppConfig


class Outreach(AppConfig):
    name = "samaki.strands.outreach"
    label = "outreach"

    def ready(self) -> None:
        import_module("samaki.strands.outreach.form_handlers")
