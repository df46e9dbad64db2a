from django.urls import path, re_path

from samaki.interfaces.forms import making, matching, sent, submission

_VERSION = r"^forms/(?P<form_id>[0-9]+)/versions/(?P<version_id>[0-9]+)/"

urlpatterns = [
    path("forms/", making.forms, name="forms"),
    path("forms/send/", making.send, name="form_send"),
    path("forms/<int:form_id>/", making.form, name="form"),
    re_path(r"^forms/(?P<form_id>[0-9]+)/(?P<step>open|close)/$", making.open_or_close, name="form_step"),
    path("forms/<int:form_id>/match/", matching.match, name="form_match"),
    path("forms/<int:form_id>/data/", sent.table, name="form_data"),
    path("forms/<int:form_id>/data.zip", sent.zipped, name="form_zip"),
    path("forms/<int:form_id>/data.xlsx", sent.workbook, name="form_xlsx"),
    path("forms/<int:form_id>/again/", sent.again, name="form_again"),
    path("forms/<int:form_id>/versions/<int:version_id>/", making.version, name="form_version"),
    re_path(_VERSION + r"(?P<step>withdraw|discard|check)/$", making.step, name="form_version_step"),
    path("forms/<int:form_id>/versions/<int:version_id>/files/", making.media, name="form_media"),
    path("forms/<int:form_id>/versions/<int:version_id>/files/remove/", making.remove_media, name="form_media_remove"),
    path("submissions/to-mend/", sent.to_mend, name="submissions_to_mend"),
    path("submissions/<int:submission_id>/", submission.submission, name="submission"),
    path("submissions/<int:submission_id>/files/<int:file_id>/", submission.file, name="submission_file"),
    re_path(
        r"^submissions/(?P<submission_id>[0-9]+)/(?P<step>again|take-as|correct|delete)/$",
        submission.step,
        name="submission_step",
    ),
]
