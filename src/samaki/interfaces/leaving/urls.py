from django.urls import path, re_path

from samaki.interfaces.leaving import goes, person

urlpatterns = [
    path("people/<int:person_id>/leaving/", person.leaving, name="leaving"),
    re_path(r"^people/(?P<person_id>[0-9]+)/leaving/(?P<step>leave|stay)/$", person.step, name="leaving_step"),
    path("people/<int:person_id>/leaving/consents/<int:consent_id>/", person.end_consent, name="consent_end"),
    path("retention/", goes.plan, name="retention"),
    path("retention/run/", goes.run, name="retention_run"),
]
