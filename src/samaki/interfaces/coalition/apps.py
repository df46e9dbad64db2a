from django.apps import AppConfig


class Coalition(AppConfig):
    name = "samaki.interfaces.coalition"
    label = "coalition"

    def ready(self) -> None:
        from samaki.interfaces.coalition import panels  # noqa: F401  # registers its panel and menu entry
