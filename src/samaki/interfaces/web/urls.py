from django.urls import path

from samaki.interfaces.web import gallery, home, sign_in, trail, users

urlpatterns = [
    path("", home.home, name="home"),
    path("ui/", gallery.gallery, name="gallery"),
    path("audit/", trail.trail, name="audit_trail"),
    path("more/", home.more, name="more"),
    path("users/", users.users, name="users"),
    path("users/add/", users.add, name="user_add"),
    path("users/<int:user_id>/", users.user, name="user"),
    path("users/<int:user_id>/role/", users.give_role, name="user_role"),
    path("users/<int:user_id>/role/<int:grant_id>/end/", users.end_role, name="user_role_end"),
    path("users/<int:user_id>/password/", users.password, name="user_password"),
    path("users/<int:user_id>/second-step/", users.second_step, name="user_second_step"),
    path("users/<int:user_id>/close/", users.close, name="user_close"),
    path("language/", sign_in.set_language, name="set_language"),
    path("leave/", sign_in.leave, name="leave"),
    path("lock/", sign_in.lock, name="lock"),
    path("unlock/", sign_in.unlock, name="unlock"),
    path("still-here/", sign_in.still_here, name="still_here"),
    path("sign-in/example/<slug:username>/", sign_in.sign_in_as_example, name="sign_in_as_example"),
]
