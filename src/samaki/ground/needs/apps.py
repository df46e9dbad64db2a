from django.apps import AppConfig


class Needs(AppConfig):
    name = "samaki.ground.needs"
    label = "needs"
