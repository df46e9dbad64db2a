from django.apps import AppConfig


class Survivors(AppConfig):
    name = "samaki.strands.survivors"
    label = "survivors"
