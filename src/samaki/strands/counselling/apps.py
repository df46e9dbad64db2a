from django.apps import AppConfig


class Counselling(AppConfig):
    name = "samaki.strands.counselling"
    label = "counselling"
