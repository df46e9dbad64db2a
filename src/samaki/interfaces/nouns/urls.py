from django.urls import path

from samaki.interfaces.nouns import activities, groups, people, places, programmes

urlpatterns = [
    path("programmes/", programmes.programmes, name="programmes"),
    path("programmes/<slug:key>/", programmes.programme, name="programme"),
    path("activities/", activities.activities, name="activities"),
    path("activities/<slug:key>/", activities.activity, name="activity"),
    path("groups/", groups.groups, name="groups"),
    path("groups/<slug:key>/", groups.group, name="group"),
    path("people/", people.people, name="people"),
    path("people/duplicates/", people.duplicates, name="duplicates"),
    path("people/duplicates/<int:candidate_id>/", people.decide, name="decide_duplicate"),
    path("people/<int:person_id>/", people.person, name="person"),
    path("people/<int:person_id>/name/", people.reveal, name="reveal_name"),
    path("places/", places.places, name="places"),
    path("places/<str:code>/", places.place, name="place"),
]
