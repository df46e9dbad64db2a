from importlib import import_module

from django.apps import AppConfig


class Groups(AppConfig):
    name = "samaki.ground.groups"
    label = "groups"

    def ready(self) -> None:
        import_module("samaki.ground.groups.reactions")
        import_module("samaki.ground.groups.taking_part")
