from django.apps import AppConfig


class Periods(AppConfig):
    name = "samaki.ground.periods"
    label = "periods"
