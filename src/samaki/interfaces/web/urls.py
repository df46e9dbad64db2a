from django.urls import path

from samaki.interfaces.web import gallery, home, sign_in, trail

urlpatterns = [
    path("", home.home, name="home"),
    path("ui/", gallery.gallery, name="gallery"),
    path("audit/", trail.trail, name="audit_trail"),
    path("more/", home.more, name="more"),
    path("language/", sign_in.set_language, name="set_language"),
    path("leave/", sign_in.leave, name="leave"),
    path("lock/", sign_in.lock, name="lock"),
    path("unlock/", sign_in.unlock, name="unlock"),
    path("still-here/", sign_in.still_here, name="still_here"),
    path("sign-in/example/<slug:username>/", sign_in.sign_in_as_example, name="sign_in_as_example"),
]
