from django.apps import AppConfig


class Vetting(AppConfig):
    name = "samaki.strands.vetting"
    label = "vetting"
