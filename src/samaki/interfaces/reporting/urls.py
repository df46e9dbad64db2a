from django.urls import path

from samaki.interfaces.reporting import periods, views

urlpatterns = [
    path("reports/", views.reports, name="reports"),
    path("reports/<int:report_id>/", views.report, name="report"),
    path("reports/<int:report_id>/verify/", views.verify, name="verify_report"),
    path("reports/<int:report_id>/return/", views.give_back, name="return_report"),
    path("programmes/<slug:key>/periods/", periods.periods, name="periods"),
    path("programmes/<slug:key>/periods/<str:period>/", periods.period, name="period"),
    path("programmes/<slug:key>/periods/<str:period>/lock/", periods.lock, name="lock_period"),
    path("programmes/<slug:key>/periods/<str:period>/reopen/", periods.reopen, name="reopen_period"),
    path("reports/<slug:programme>/<slug:organisation>/<str:period>/", views.write, name="write_report"),
]
