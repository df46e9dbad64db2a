"""Addresses below /or/<programme>/. Clients add no slash to formList and submission; some servers do, so both open."""

from django.urls import path

from samaki.interfaces.openrosa import views

urlpatterns = [
    path("<slug:programme>/formList", views.form_list, name="or_form_list"),
    path("<slug:programme>/formList/", views.form_list),
    path("<slug:programme>/submission", views.submission, name="or_submission"),
    path("<slug:programme>/submission/", views.submission),
    path("<slug:programme>/xforms/<int:version_id>.xml", views.xform, name="or_xform"),
    path("<slug:programme>/xforms/<int:version_id>/manifest", views.manifest, name="or_manifest"),
    path("<slug:programme>/xforms/<int:version_id>/media/<int:file_id>", views.media, name="or_media"),
]
