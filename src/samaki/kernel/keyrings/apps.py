from django.apps import AppConfig


class KeyRings(AppConfig):
    name = "samaki.kernel.keyrings"
    label = "keyrings"
