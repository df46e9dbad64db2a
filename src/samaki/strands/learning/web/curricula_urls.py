from django.urls import URLPattern, path, re_path

from samaki.strands.learning.web import curricula, modules

_VERSION = r"^learning/curricula/(?P<key>[-a-zA-Z0-9_]+)/(?P<number>[0-9]{1,4})/"

urlpatterns: list[URLPattern] = [
    path("learning/curricula/", curricula.curricula, name="curricula"),
    path("learning/curricula/new/", curricula.create, name="curriculum_new"),
    path("learning/curricula/<slug:key>/", curricula.curriculum, name="curriculum"),
    path("learning/curricula/<slug:key>/draft/", curricula.draft, name="curriculum_draft"),
    path("learning/curricula/<slug:key>/<int:number>/", curricula.version, name="curriculum_version"),
    re_path(
        _VERSION + r"(?P<step>agree|take-back|retire|use-again|discard)/$",
        curricula.step,
        name="curriculum_step",
    ),
    path(
        "learning/curricula/<slug:key>/<int:number>/proposals/<int:proposal_id>/",
        curricula.proposal,
        name="curriculum_proposal",
    ),
    path("learning/curricula/<slug:key>/<int:number>/modules/new/", modules.add, name="curriculum_module_new"),
    path(
        "learning/curricula/<slug:key>/<int:number>/modules/<int:module_id>/",
        modules.module,
        name="curriculum_module",
    ),
    path(
        "learning/curricula/<slug:key>/<int:number>/modules/<int:module_id>/remove/",
        modules.remove,
        name="curriculum_module_remove",
    ),
    path("learning/materials/<int:material_id>/", modules.material, name="material"),
    path("learning/materials/<int:material_id>/remove/", modules.remove_material, name="material_remove"),
    path("learning/themes/<slug:key>/", curricula.themes, name="themes"),
    path("activities/<slug:key>/taught/", modules.taught, name="activity_taught"),
]
