from django.apps import AppConfig


class Organisations(AppConfig):
    name = "samaki.ground.organisations"
    label = "organisations"
