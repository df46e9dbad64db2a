"""Django's settings. What differs between sites comes from `environment`; nothing here is secret."""

from __future__ import annotations

import os
from pathlib import Path

import django_stubs_ext
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from samaki.project import environment

django_stubs_ext.monkeypatch()
os.umask(0o077)  # the database, its log and every file made are their owner's alone

PACKAGE = Path(__file__).resolve().parent.parent
DATA = environment.data_folder()
DEBUG = environment.switched_on("SAMAKI_DEBUG")
HTTPS = environment.switched_on("SAMAKI_HTTPS")
SECRET_KEY = environment.secret_file("web.key")
KEY_RINGS = {
    "master": environment.value("SAMAKI_MASTER_KEY") or environment.key_file("master.key"),
    "his": environment.value("SAMAKI_HIS_KEY") or environment.key_file("his.key"),
    "hers": environment.value("SAMAKI_HERS_KEY") or environment.key_file("hers.key"),
}
ALLOWED_HOSTS = [host.strip() for host in environment.value("SAMAKI_HOSTS").split(",")]

DATABASES = {"default": environment.database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ATOMIC_REQUESTS = False

INSTALLED_APPS = [
    "samaki.project.apps.Samaki",
    "samaki.ui",
    "samaki.kernel.keyrings",
    "samaki.kernel.audit",
    "samaki.ground.places",
    "samaki.ground.organisations",
    "samaki.ground.accounts",
    "samaki.ground.programmes",
    "samaki.ground.people",
    "samaki.ground.clearances",
    "samaki.ground.groups",
    "samaki.ground.activities",
    "samaki.ground.services",
    "samaki.ground.needs",
    "samaki.ground.periods",
    "samaki.engines.results",
    "samaki.engines.fieldforms",
    "samaki.engines.reports",
    "samaki.engines.retention",
    "samaki.strands.outreach",
    "samaki.strands.counselling",
    "samaki.strands.learning",
    "samaki.strands.vetting",
    "samaki.strands.survivors",
    "samaki.journeys.cessation",
    "samaki.interfaces.imports",
    "samaki.interfaces.forms",
    "samaki.interfaces.nouns",
    "samaki.interfaces.coalition",
    "samaki.interfaces.leaving",
    "samaki.interfaces.figures",
    "samaki.interfaces.reporting",
    "samaki.interfaces.field",
    "samaki.interfaces.devices",
    "samaki.interfaces.web",
    "django.forms",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
]

MIDDLEWARE = [
    "samaki.interfaces.openrosa.middleware.openrosa",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "samaki.interfaces.web.middleware.language",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "samaki.interfaces.web.middleware.Actors",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "samaki.project.urls"
WSGI_APPLICATION = "samaki.project.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "ui" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "samaki.interfaces.web.context.frame",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "samaki.ui.templatetags.words",
                "samaki.ui.templatetags.components",
                "samaki.ui.templatetags.charts",
            ],
        },
    }
]

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"  # our own controls have templates too

# Who comes in
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "samaki.ground.accounts.adapter.ClosedSignup"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True  # as long as SESSION_COOKIE_AGE; the idle lock closes it sooner
ACCOUNT_FORMS = {
    "login": "samaki.interfaces.web.forms.SignIn",
    "change_password": "samaki.interfaces.web.forms.ChangePassword",
    "reauthenticate": "samaki.interfaces.web.forms.ConfirmItIsYou",
}
MFA_ADAPTER = "samaki.ground.accounts.second_steps.SealedSecrets"
MFA_FORMS = {
    "authenticate": "samaki.interfaces.web.forms.GivenCode",
    "reauthenticate": "samaki.interfaces.web.forms.GivenCodeAgain",
    "add_webauthn": "samaki.interfaces.web.forms.AddKey",
    "edit_webauthn": "samaki.interfaces.web.forms.NameKey",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Samaki"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True  # who signed in from which address: that of a quiet house is where it stands
AXES_LOCKOUT_TEMPLATE = "account/locked_out.html"
CASE_MINUTES = environment.minutes("SAMAKI_CASE_MINUTES")
SESSION_ENGINE = "samaki.ground.accounts.sessions"  # the database keeps a digest of the key: a copy opens nothing
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "samaki.interfaces.web.errors.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
DATA_UPLOAD_MAX_NUMBER_FILES = 500  # a phone sends up to 101 with one form
OPENROSA_MOST_BYTES = 20 * 1024 * 1024  # of one submission's body, as phones are told; they split what is larger
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_HANDLERS = ["samaki.interfaces.web.uploads.NotKept"]  # imports, which take files, set their own
AUDIT_ANCHOR = environment.value("SAMAKI_ANCHOR") or str(DATA / "audit.anchor")
VAULT = environment.value("SAMAKI_VAULT") or str(DATA / "keys" / "vault")
ERASURES = environment.value("SAMAKI_ERASURES") or str(DATA / "erasures")
MEDIA_ROOT = DATA / "files"

# Two languages, always
LANGUAGES = [("km", _("Khmer")), ("en", _("English"))]
LANGUAGE_CODE = environment.value("SAMAKI_LANGUAGE")
LOCALE_PATHS = [PACKAGE / "locale"]
FORMAT_MODULE_PATH = ["samaki.ui.formats"]
TIME_ZONE = "Asia/Phnom_Penh"
USE_I18N = USE_TZ = True
USE_THOUSAND_SEPARATOR = False  # figures pass the filter `number`; ids, years and hidden fields must not grow commas

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
SILENCED_SYSTEM_CHECKS: list[str] = []
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "loggers": {
        "django": {"handlers": ["console"], "level": "WARNING"},
        "samaki": {"handlers": ["console"], "level": "INFO"},
    },
}
