from importlib import import_module

from django.apps import AppConfig


class FieldForms(AppConfig):
    name = "samaki.engines.fieldforms"
    label = "fieldforms"

    def ready(self) -> None:
        import_module("samaki.engines.fieldforms.reactions")
