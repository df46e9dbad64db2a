from django.apps import AppConfig


class FieldForms(AppConfig):
    name = "samaki.engines.fieldforms"
    label = "fieldforms"
