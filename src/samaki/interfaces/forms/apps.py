from django.apps import AppConfig


class Forms(AppConfig):
    name = "samaki.interfaces.forms"
    label = "forms_pages"

    def ready(self) -> None:
        from samaki.interfaces.forms import menu  # noqa: F401  # registers
