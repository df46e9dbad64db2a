from django.apps import AppConfig


class Figures(AppConfig):
    name = "samaki.interfaces.figures"
    label = "figures"
