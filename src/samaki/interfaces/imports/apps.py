from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class Imports(AppConfig):
    name = "samaki.interfaces.imports"
    label = "imports"

    def ready(self) -> None:
        autodiscover_modules("tables")  # each strand says there which kinds of table it takes
        from samaki.interfaces.imports import menu  # noqa: F401  # registers
