from django.apps import AppConfig


class Ui(AppConfig):
    name = "samaki.ui"
    label = "ui"
