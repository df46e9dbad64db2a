from django.urls import path, re_path

from samaki.interfaces.imports.web import views

urlpatterns = [
    path("", views.imports, name="imports"),
    path("example/<slug:kind>.xlsx", views.example, name="import_example"),
    path("send/<slug:kind>/", views.send, name="import_send"),
    path("<int:run_id>/", views.import_run, name="import_run"),
    path("<int:run_id>/columns/", views.columns, name="import_columns"),
    path("<int:run_id>/wrong-rows.xlsx", views.mend, name="import_wrong_rows"),
    re_path(r"^(?P<run_id>[0-9]+)/(?P<step>save|again|discard)/$", views.step, name="import_step"),
]
