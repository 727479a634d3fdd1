"""Django settings, all derived from :mod:`guomen.site.config`."""

import os
from pathlib import Path
from urllib.parse import urlparse

from guomen.kit.keystore import keystore
from guomen.site import config, database

GUOMEN = config.load()
ROOT = Path(__file__).resolve().parent.parent
SECRET_KEY = keystore(GUOMEN.home, GUOMEN.keys_unlock).secret("web").hex()
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", urlparse(GUOMEN.origin).hostname or "localhost"]
CSRF_TRUSTED_ORIGINS = [GUOMEN.origin]

CAPABILITIES = [
    "guomen.parties",
    "guomen.ledger",
    "guomen.catalogue",
    "guomen.trace",
    "guomen.certificates",
    "guomen.risk",
    "guomen.tags",
    "guomen.seals",
    "guomen.inspection",
    "guomen.adoption",
    "guomen.clearance",
    "guomen.release",
    "guomen.warning",
    "guomen.cases",
]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    *[name for name in CAPABILITIES if (ROOT / name.removeprefix("guomen.")).is_dir()],
    # A face with followers: what is published for the scan path.
    "guomen.faces.edge",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "guomen.kit.web.security_headers",
    "guomen.kit.language.choose_language",
    "guomen.kit.web.answer_errors",
    "guomen.kit.sessions.Sessions",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "guomen.faces.edge.at_work.give_pass",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "guomen.site.urls"
WSGI_APPLICATION = "guomen.site.wsgi.application"

DATABASES = {"default": database.django_settings(GUOMEN)}
# What the scan path uses instead: a role of its own.
EDGE_DATABASE = database.edge_settings(GUOMEN)
# It counts attempts to sign in: of the usual 300 entries, strangers' attempts would push out what is counted of others.
CACHES = {
    "default": {"BACKEND": "guomen.kit.cache.Cache", "LOCATION": "site_cache", "OPTIONS": {"MAX_ENTRIES": 10_000}}
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [ROOT / "faces" / "templates", *sorted(ROOT.glob("faces/*/templates"))],
        "OPTIONS": {"environment": "guomen.kit.web.environment"},
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    },
]

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
LOCALE_PATHS = [ROOT / "locale", *sorted(ROOT.glob("faces/*/locale"))]
USE_TZ = True
TIME_ZONE = GUOMEN.time_zone

STATIC_URL = "/static/"
STATIC_ROOT = GUOMEN.home / "static"
STATICFILES_DIRS = [ROOT / "faces" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "guomen.site.static.Storage"},
}

AUTH_USER_MODEL = "parties.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
ACCOUNT_ADAPTER = "guomen.parties.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"}
ACCOUNT_LOGOUT_ON_GET = False
LOGIN_REDIRECT_URL = "/"
LOGIN_URL = "/accounts/login/"
MFA_SUPPORTED_TYPES = ["webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = GUOMEN.origin.startswith("http://")
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

_SECURE = GUOMEN.origin.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _SECURE
SESSION_COOKIE_NAME = "guomen"
SESSION_COOKIE_HTTPONLY = True
SECURE_HSTS_SECONDS = 31_536_000 if _SECURE else 0
# Else everybody behind the proxy shares one address, and a few wrong passwords would shut all of them out.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if GUOMEN.trust_proxy else 0
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    # It writes whole addresses, and those of webhooks hold secrets of their receivers.
    "loggers": {"httpx": {"level": "WARNING"}, "httpcore": {"level": "WARNING"}},
    "root": {"handlers": ["console"], "level": os.environ.get("GUOMEN_LOG_LEVEL", GUOMEN.log_level)},
}
