from django.apps import AppConfig


class Devices(AppConfig):
    name = "samaki.interfaces.devices"
    label = "devices"

    def ready(self) -> None:
        from samaki.interfaces.devices import menu  # noqa: F401  # registers its menu entry
