from django.urls import URLPattern, path, re_path

from samaki.strands.survivors.web import files, reasons, referrals, warnings

_FILE = r"^safe/(?P<file_id>[0-9]{1,15})/"
urlpatterns: list[URLPattern] = [
    path("safe/", files.safe, name="safe"),
    path("safe/why/", reasons.say_why, name="safe_why"),
    path("safe/new/", files.new, name="safe_new"),
    path("safe/<int:file_id>/", files.file, name="safe_file"),
    path("safe/<int:file_id>/contact/", files.contact, name="safe_contact"),
    path("safe/<int:file_id>/edit/", files.edit, name="safe_edit"),
    path("safe/<int:file_id>/risk/", files.risk, name="safe_risk"),
    path("safe/<int:file_id>/follow-up/", files.follow_up, name="safe_follow_up"),
    path("safe/<int:file_id>/refer/", files.refer, name="safe_refer"),
    re_path(_FILE + r"(?P<step>close|reopen)/$", files.step, name="safe_step"),
    re_path(
        r"^safe/sent/(?P<referral_id>[0-9]{1,15})/(?P<step>send|revoke|confirm)/$",
        referrals.step,
        name="safe_referral_step",
    ),
    path("safe/received/<int:referral_id>/", referrals.received, name="safe_received"),
    re_path(
        r"^safe/received/(?P<referral_id>[0-9]{1,15})/(?P<step>accept|decline|confirm)/$",
        referrals.received_step,
        name="safe_received_step",
    ),
    path("safe/tasks/<int:task_id>/", warnings.task, name="safe_task"),
    re_path(r"^safe/tasks/(?P<task_id>[0-9]{1,15})/(?P<step>take|done)/$", warnings.step, name="safe_task_step"),
    path("safe/link/<str:token>/", referrals.by_link, name="safe_link"),
]
