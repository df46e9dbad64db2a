from django.apps import AppConfig


class Places(AppConfig):
    name = "samaki.ground.places"
    label = "places"
