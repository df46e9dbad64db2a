from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path


def no_such_page(request: HttpRequest) -> HttpResponse:
    """Accounts are made by an administrator and carry no mail: allauth's pages for signing up and mail stay shut."""
    raise Http404


urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/signup/", no_such_page),
    path("accounts/email/", no_such_page),
    path("accounts/confirm-email/", no_such_page),
    path("accounts/password/reset/", no_such_page),
    path("accounts/login/code/confirm/", no_such_page),
    path("accounts/", include("allauth.urls")),
    path("or/", include("samaki.interfaces.openrosa.urls")),
    path("", include("samaki.interfaces.devices.urls")),
    path("imports/", include("samaki.interfaces.imports.web.urls")),
    path("", include("samaki.interfaces.web.urls")),
    path("", include("samaki.interfaces.nouns.urls")),
    path("", include("samaki.interfaces.coalition.urls")),
    path("", include("samaki.interfaces.leaving.urls")),
    path("", include("samaki.interfaces.forms.urls")),
    path("", include("samaki.interfaces.figures.urls")),
    path("", include("samaki.interfaces.reporting.urls")),
    path("", include("samaki.interfaces.field.urls")),
    path("", include("samaki.strands.counselling.web.urls")),
    path("", include("samaki.strands.learning.web.urls")),
    path("", include("samaki.strands.survivors.web.urls")),
    path("", include("samaki.strands.vetting.web.urls")),
]

handler400 = "samaki.interfaces.web.errors.bad_request"
handler403 = "samaki.interfaces.web.errors.forbidden"
handler404 = "samaki.interfaces.web.errors.not_found"
handler500 = "samaki.interfaces.web.errors.broken"
