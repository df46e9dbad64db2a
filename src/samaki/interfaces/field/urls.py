from django.urls import path

from samaki.interfaces.field import phones, sending, sheets, shell, verifying

urlpatterns = [
    path("field/", shell.shell, name="field"),
    path("field/sw.js", shell.service_worker, name="field_worker"),
    path("field/manifest.webmanifest", shell.manifest, name="field_manifest"),
    path("field/me/", phones.me, name="field_me"),
    path("field/phone/", phones.join, name="field_phone"),
    path("field/data/<slug:programme_key>/", sending.data, name="field_data"),
    path("field/send/<slug:programme_key>/", sending.send, name="field_send"),
    path("activities/<slug:activity_key>/sessions/<int:number>/sheet/", sheets.make, name="make_sheet"),
    path("sheets/<slug:token>/", sheets.sheet, name="sheet"),
    path("sheets/<slug:token>/paper.pdf", sheets.paper, name="sheet_paper"),
    path("verify/", verifying.queue, name="verify_records"),
    path("verify/<int:submission_id>/", verifying.one, name="verify_record"),
    path("verify/<int:submission_id>/done/", verifying.verify, name="verify_record_done"),
    path("verify/<int:submission_id>/return/", verifying.give_back, name="return_record"),
]
