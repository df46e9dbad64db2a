"""Static files under hashed names, also where one of our scripts names another."""

from django.contrib.staticfiles.storage import ManifestFilesMixin
from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedWithModules(CompressedManifestStaticFilesStorage):
    """Only our own modules are read: a comment in somebody else's script that speaks of one would end `collectstatic`."""

    support_js_module_import_aggregation = True
    _js_module_import_aggregation_patterns = (
        "field/*.js",
        ManifestFilesMixin._js_module_import_aggregation_patterns[1],
    )
