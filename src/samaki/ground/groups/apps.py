from django.apps import AppConfig


class Groups(AppConfig):
    name = "samaki.ground.groups"
    label = "groups"
