from django.apps import AppConfig


class Field(AppConfig):
    name = "samaki.interfaces.field"
    label = "field"

    def ready(self) -> None:
        from samaki.interfaces.field import panels  # noqa: F401  # registers
