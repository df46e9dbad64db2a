from importlib import import_module

from django.apps import AppConfig


class Cessation(AppConfig):
    name = "samaki.journeys.cessation"
    label = "cessation"

    def ready(self) -> None:
        import_module("samaki.journeys.cessation.evidence")
