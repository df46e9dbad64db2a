from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class Samaki(AppConfig):
    name = "samaki.project"
    label = "samaki"

    def ready(self) -> None:
        autodiscover_modules("stores")  # each noun says there what it seals
