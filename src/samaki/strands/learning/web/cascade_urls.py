from django.urls import URLPattern, path

from samaki.strands.learning.web import cascade

urlpatterns: list[URLPattern] = [
    path("learning/cascade/", cascade.cascades, name="cascades"),
    path("learning/cascade/<slug:key>/", cascade.cascade, name="cascade"),
]
