from django.urls import URLPattern, path

from samaki.strands.learning.web import (
    cascade_urls,
    certificates,
    curricula_urls,
    instruments_urls,
    people,
    series,
    series_steps,
    taking,
)

urlpatterns: list[URLPattern] = [
    *cascade_urls.urlpatterns,
    *curricula_urls.urlpatterns,
    *instruments_urls.urlpatterns,
    path("learning/series/", series.series_list, name="series_list"),
    path("learning/series/new/", series.add, name="series_add"),
    path("learning/series/<slug:key>/", series.series, name="series"),
    path("learning/series/<slug:key>/step/", series_steps.step, name="series_step"),
    path("learning/series/<slug:key>/plan/", series_steps.plan, name="series_plan"),
    path("learning/series/<slug:key>/edit/", series_steps.edit, name="series_edit"),
    path("learning/series/<slug:key>/people/<int:person_id>/", certificates.judge, name="series_person"),
    path("learning/sessions/<int:session_id>/attendance/", taking.attendance, name="take_attendance"),
    path("learning/sessions/<int:session_id>/leads/", taking.leads, name="session_leads"),
    path("learning/certificates/<int:certification_id>/", certificates.certificate, name="certificate"),
    path(
        "learning/certificates/<int:certification_id>/<slug:language>.pdf",
        certificates.paper,
        name="certificate_paper",
    ),
    path("learning/people/<int:person_id>/", people.pathway, name="pathway"),
    path("learning/people/<int:person_id>/visit/", people.visit, name="coaching_visit"),
    path("learning/people/<int:person_id>/follow-up/", people.follow_up, name="learning_follow_up"),
    path("learning/visits/<int:visit_id>/notes/", people.notes, name="visit_notes"),
    path("learning/due/", people.due, name="learning_due"),
    path("certificates/", certificates.check, name="certificate_check"),
    path("certificates/<str:code>/", certificates.public, name="public_certificate"),
]
