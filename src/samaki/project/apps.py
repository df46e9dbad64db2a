from django.apps import AppConfig


class Samaki(AppConfig):
    name = "samaki.project"
    label = "samaki"
