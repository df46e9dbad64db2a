from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class Reports(AppConfig):
    name = "samaki.engines.reports"
    label = "reports"

    def ready(self) -> None:
        autodiscover_modules("report_sections")  # strands say there what they add to a report
