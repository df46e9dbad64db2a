from django.apps import AppConfig


class Results(AppConfig):
    name = "samaki.engines.results"
    label = "results"
