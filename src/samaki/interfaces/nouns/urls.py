from django.urls import path, re_path

from samaki.interfaces.nouns import (
    activities,
    composition,
    duplicates,
    groups,
    members,
    needs,
    people,
    places,
    programmes,
)

urlpatterns = [
    path("programmes/", programmes.programmes, name="programmes"),
    path("programmes/<slug:key>/", programmes.programme, name="programme"),
    path("activities/", activities.activities, name="activities"),
    path("activities/<slug:key>/", activities.activity, name="activity"),
    path("groups/", groups.groups, name="groups"),
    path("groups/<slug:key>/", groups.group, name="group"),
    path("groups/<slug:key>/composition.csv", composition.composition_csv, name="group_composition_csv"),
    path("groups/<slug:key>/members/", members.members, name="group_members"),
    path("groups/<slug:key>/members/<int:membership_id>/", members.member, name="group_member"),
    re_path(
        r"^groups/(?P<key>[-a-zA-Z0-9_]+)/members/(?P<membership_id>[0-9]+)/(?P<step>leave|stay|never)/$",
        members.step,
        name="group_member_step",
    ),
    path("needs/", needs.needs, name="needs"),
    path("needs/raise/", needs.raise_need, name="need_raise"),
    path("needs/<int:need_id>/", needs.need, name="need"),
    re_path(r"^needs/(?P<need_id>[0-9]+)/(?P<step>order|answer|decline|reopen)/$", needs.step, name="need_step"),
    path("people/", people.people, name="people"),
    path("people/duplicates/", duplicates.duplicates, name="duplicates"),
    path("people/duplicates/<int:candidate_id>/", duplicates.decide, name="decide_duplicate"),
    path("people/<int:person_id>/", people.person, name="person"),
    path("people/<int:person_id>/name/", people.reveal, name="reveal_name"),
    path("places/", places.places, name="places"),
    path("places/<str:code>/", places.place, name="place"),
]
