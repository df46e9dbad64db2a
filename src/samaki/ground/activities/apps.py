from django.apps import AppConfig


class Activities(AppConfig):
    name = "samaki.ground.activities"
    label = "activities"
