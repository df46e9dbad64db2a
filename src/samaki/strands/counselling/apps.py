from importlib import import_module

from django.apps import AppConfig


class Counselling(AppConfig):
    name = "samaki.strands.counselling"
    label = "counselling"

    def ready(self) -> None:
        import_module("samaki.strands.counselling.authority_figures")
        import_module("samaki.strands.counselling.form_handlers")
        import_module("samaki.strands.counselling.reactions")
        import_module("samaki.strands.counselling.panels")
