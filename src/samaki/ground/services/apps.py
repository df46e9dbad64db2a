from django.apps import AppConfig


class Services(AppConfig):
    name = "samaki.ground.services"
    label = "services"
