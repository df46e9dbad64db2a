from django.apps import AppConfig


class Web(AppConfig):
    name = "samaki.interfaces.web"
    label = "web"

    def ready(self) -> None:
        from samaki.interfaces.web import second_factor  # noqa: F401  # connects the signals of sign-in
