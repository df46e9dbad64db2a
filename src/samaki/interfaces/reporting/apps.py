from django.apps import AppConfig


class Reporting(AppConfig):
    name = "samaki.interfaces.reporting"
    label = "reporting"

    def ready(self) -> None:
        from samaki.interfaces.reporting import panels  # noqa: F401  # registers its panels and menu entries
