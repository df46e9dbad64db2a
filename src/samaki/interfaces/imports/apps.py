from django.apps import AppConfig


class Imports(AppConfig):
    name = "samaki.interfaces.imports"
    label = "imports"
