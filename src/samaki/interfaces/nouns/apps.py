from django.apps import AppConfig


class Nouns(AppConfig):
    name = "samaki.interfaces.nouns"
    label = "nouns"

    def ready(self) -> None:
        from samaki.interfaces.nouns import menu, panels  # noqa: F401  # they register themselves
