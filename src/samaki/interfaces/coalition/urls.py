from django.urls import path

from samaki.interfaces.coalition import consent, views

urlpatterns = [
    path("counted-across/", views.stewarded, name="across"),
    path("counted-across/<slug:key>/", views.review, name="across_review"),
    path("counted-across/<slug:key>/compare/", views.compare, name="across_compare"),
    path("counted-across/<slug:key>/<int:pair_id>/", views.decide, name="decide_across"),
    path("people/<int:person_id>/counted-across/", consent.agree, name="across_agree"),
    path("people/<int:person_id>/counted-across/end/", consent.end, name="across_end"),
]
