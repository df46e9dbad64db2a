from django.urls import path

from samaki.interfaces.figures import results, views

urlpatterns = [
    path("results/", results.results, name="results"),
    path("programmes/<slug:key>/results/", results.programme_results, name="programme_results"),
    path("programmes/<slug:key>/report/<str:period>.<slug:format>", results.programme_report, name="programme_report"),
    path("programmes/<slug:key>/indicators/<slug:indicator>/", views.indicator, name="indicator"),
    path("programmes/<slug:key>/indicators/<slug:indicator>/records/", views.figure_records, name="figure_records"),
    path("programmes/<slug:key>/indicators/<slug:indicator>/figure.csv", views.figure_csv, name="figure_csv"),
]
