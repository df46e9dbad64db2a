from django.apps import AppConfig


class Audit(AppConfig):
    name = "samaki.kernel.audit"
    label = "audit"
