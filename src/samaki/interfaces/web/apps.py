from django.apps import AppConfig


class Web(AppConfig):
    name = "samaki.interfaces.web"
    label = "web"

    def ready(self) -> None:
        from samaki.interfaces.web import panels, second_factor, trail, users  # noqa: F401  # registers; connects signals of sign-in
