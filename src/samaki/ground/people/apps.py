from django.apps import AppConfig


class People(AppConfig):
    name = "samaki.ground.people"
    label = "people"
