from django.apps import AppConfig


class Retention(AppConfig):
    name = "samaki.engines.retention"
    label = "retention"
