from django.apps import AppConfig


class Programmes(AppConfig):
    name = "samaki.ground.programmes"
    label = "programmes"
