from django.apps import AppConfig


class Leaving(AppConfig):
    name = "samaki.interfaces.leaving"
    label = "leaving"

    def ready(self) -> None:
        from samaki.interfaces.leaving import panels  # noqa: F401  # registers its panel and menu entry
