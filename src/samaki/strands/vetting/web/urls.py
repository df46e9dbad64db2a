from django.urls import URLPattern, path

from samaki.strands.vetting.web import candidates, others, questions

# Addresses say nothing of what the pages are about: they stay in the browser's history.
urlpatterns: list[URLPattern] = [
    path("circle/", candidates.listed, name="vetting"),
    path("circle/new/", candidates.new, name="vetting_new"),
    path("circle/due/", others.due, name="vetting_due"),
    path("circle/promise/", others.code, name="vetting_code"),
    path("circle/members/", others.members, name="cleared_members"),
    path("circle/asked/<int:question_id>/", questions.question, name="vetting_question"),
    path("circle/<int:candidacy_id>/", candidates.one, name="candidate"),
    path("circle/<int:candidacy_id>/read/", candidates.read, name="candidate_read"),
    path("circle/<int:candidacy_id>/<slug:deed>/", candidates.act, name="candidate_act"),
]
