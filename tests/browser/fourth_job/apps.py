from django.apps import AppConfig


class FourthJob(AppConfig):
    name = "tests.browser.fourth_job"
    label = "fourth_job"

    def ready(self) -> None:
        from tests.browser.fourth_job import handler  # noqa: F401  # registers
