from django.apps import AppConfig


class Nouns(AppConfig):
    name = "samaki.interfaces.nouns"
    label = "nouns"

    def ready(self) -> None:
        from samaki.interfaces.nouns import menu  # noqa: F401  # registers its menu entries
