"""Static files under hashed names, also where one script names another."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedWithModules(CompressedManifestStaticFilesStorage):
    support_js_module_import_aggregation = True
