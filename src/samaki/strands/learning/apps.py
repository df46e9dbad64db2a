from importlib import import_module

from django.apps import AppConfig


class Learning(AppConfig):
    name = "samaki.strands.learning"
    label = "learning"

    def ready(self) -> None:
        import_module("samaki.strands.learning.form_handlers")
        import_module("samaki.strands.learning.known")
        import_module("samaki.strands.learning.panels")
        import_module("samaki.strands.learning.reactions")
