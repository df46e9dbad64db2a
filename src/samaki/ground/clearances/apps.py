from django.apps import AppConfig


class Clearances(AppConfig):
    name = "samaki.ground.clearances"
    label = "clearances"
