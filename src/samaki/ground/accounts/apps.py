from django.apps import AppConfig


class Accounts(AppConfig):
    name = "samaki.ground.accounts"
    label = "accounts"
