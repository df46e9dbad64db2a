from django.urls import URLPattern, path, re_path

from samaki.strands.learning.web import changes, instruments, keying

urlpatterns: list[URLPattern] = [
    path("learning/instruments/", instruments.listed, name="instruments"),
    path("learning/instruments/new/", instruments.begin, name="instrument_new"),
    path("learning/instruments/<slug:key>/<int:number>/", instruments.version, name="instrument"),
    path("learning/instruments/<slug:key>/<int:number>/edit/", instruments.edit, name="instrument_edit"),
    path("learning/instruments/<slug:key>/<int:number>/step/", instruments.step, name="instrument_step"),
    path(
        "learning/instruments/<slug:key>/<int:number>/<slug:language>.pdf", instruments.paper, name="instrument_paper"
    ),
    path("learning/keying/", keying.choose, name="keying_activities"),
    path("learning/keying/<int:activity_id>/", keying.about, name="keying"),
    path("learning/keying/<int:activity_id>/<int:version_id>/<slug:moment>/", keying.sheet, name="keying_sheet"),
    path(
        "learning/keying/<int:activity_id>/<int:version_id>/<slug:moment>/<int:person_id>/",
        keying.history,
        name="keying_history",
    ),
    path("learning/changes/", changes.changes, name="learning_changes"),
    re_path(
        r"^learning/changes/(?P<kind>series|activity)/(?P<training_id>[0-9]{1,15})/(?P<version_id>[0-9]{1,15})/$",
        changes.change,
        name="learning_change",
    ),
]
