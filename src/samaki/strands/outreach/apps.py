from django.apps import AppConfig


class Outreach(AppConfig):
    name = "samaki.strands.outreach"
    label = "outreach"
