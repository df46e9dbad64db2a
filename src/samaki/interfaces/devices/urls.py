from django.urls import path

from samaki.interfaces.devices import views

urlpatterns = [
    path("devices/", views.listed, name="devices"),
    path("devices/add/", views.add, name="add_device"),
    path("devices/<int:device_id>/close/", views.revoke, name="revoke_device"),
]
