from django.urls import path

from samaki.interfaces.reporting import views

urlpatterns = [
    path("reports/", views.reports, name="reports"),
    path("reports/<int:report_id>/", views.report, name="report"),
    path("reports/<int:report_id>/verify/", views.verify, name="verify_report"),
    path("reports/<int:report_id>/return/", views.give_back, name="return_report"),
    path("reports/<slug:programme>/<slug:organisation>/<str:period>/", views.write, name="write_report"),
]
