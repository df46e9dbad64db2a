from django.urls import URLPattern, re_path

from samaki.strands.learning.web import changes

urlpatterns: list[URLPattern] = [
    re_path(r"^learning/changes/$", changes.changes, name="learning_changes"),
    re_path(
        r"^learning/changes/(?P<kind>series|activity)/(?P<training_id>[0-9]{1,15})/(?P<version_id>[0-9]{1,15})/$",
        changes.change,
        name="learning_change",
    ),
]
