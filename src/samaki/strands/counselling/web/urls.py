from django.urls import URLPattern, path

from samaki.strands.counselling.web import authority, conference, own

# Addresses say nothing of what the pages are about: they stay in the browser's history.
urlpatterns: list[URLPattern] = [
    path("desk/", own.own_list, name="own_list"),
    path("desk/new/", own.add, name="own_new"),
    path("desk/calendar/", own.calendar, name="own_calendar"),
    path("desk/conference/", conference.desk, name="case_desk"),
    path("desk/conference/<int:conference_id>/", conference.hold, name="case_conference"),
    path("desk/urgent/", conference.emergency_list, name="case_emergencies"),
    path("desk/urgent/<int:access_id>/", conference.emergency_one, name="case_emergency"),
    path("desk/ties/<int:declaration_id>/", conference.approve, name="case_tie"),
    path("desk/authority/", authority.responses, name="authority_responses"),
    path("desk/authority/new/", authority.report, name="authority_report"),
    path("desk/authority/<int:response_id>/", authority.answer, name="authority_answer"),
    path("desk/<int:case_id>/", own.case, name="own_case"),
    path("desk/<int:case_id>/give/", conference.assign, name="case_give"),
    path("desk/<int:case_id>/whole/", conference.whole, name="case_whole"),
    path("desk/<int:case_id>/route/", conference.route, name="case_route"),
    path("desk/<int:case_id>/<slug:deed>/", own.act, name="own_case_act"),
]
