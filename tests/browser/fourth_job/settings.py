from samaki.project.settings import *  # noqa: F403
from samaki.project.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.browser.fourth_job.apps.FourthJob"]
