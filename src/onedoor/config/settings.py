"""One settings file; what differs between installations comes from the environment through ``env``."""

from __future__ import annotations

from pathlib import Path

from onedoor.config import engine, env

ROOT = Path(__file__).resolve().parents[3]
ONEDOOR_DATA = env.path("ONEDOOR_DATA", "var", "Folder of everything an installation keeps: database, files, keys.")
ONEDOOR_KEYS = ONEDOOR_DATA / "keys"
ONEDOOR_PORT = env.number("ONEDOOR_PORT", 8000, "Port of the web server.")
ONEDOOR_BASE_URL = env.text(
    "ONEDOOR_BASE_URL", f"http://127.0.0.1:{ONEDOOR_PORT}", "How this installation is reached from outside; stands in QR codes."
)
DATABASE_URL = env.text("ONEDOOR_DATABASE_URL", "", "Address of an outside PostgreSQL; empty for the embedded one.")

DEBUG = False
ALLOWED_HOSTS = env.words("ONEDOOR_HOSTS", "127.0.0.1,localhost,[::1]", "Host names that are answered.")
SECRET_KEY_FILE = ONEDOOR_KEYS / "django.key"
ROOT_URLCONF = "onedoor.config.urls"
WSGI_APPLICATION = "onedoor.config.wsgi.application"
AUTH_USER_MODEL = "people.Account"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "pgtrigger",
    "pghistory",
    "procrastinate.contrib.django",
    "onedoor.portal",
    "onedoor.desk",
    "onedoor.sample",
    "onedoor.casework",
    "onedoor.catalog",
    "onedoor.network",
    "onedoor.documents",
    "onedoor.notify",
    "onedoor.people",
    "onedoor.workdays",
    "onedoor.journal",
    "onedoor.look",
    "onedoor.kernel",
]
MIDDLEWARE = [
    "onedoor.look.csp.middleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "onedoor.look.language.middleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "onedoor.look.refusals.RefusalMiddleware",
]
DATABASES = {
    "default": {
        **engine.parse_url(DATABASE_URL or engine.embedded_url(ONEDOOR_DATA)),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
    }
}
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "onedoor.look.context.look",
            ],
        },
    },
]
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "onedoor.look.assets.MarkedStorage"},
}
# Served from the package as they are, compressed beside themselves; the address changes with the content.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 365 * 24 * 3600
FORM_RENDERER = "onedoor.look.forms.Renderer"
ONEDOOR_NAME = env.text("ONEDOOR_NAME", "秦皇岛市政务服务中心", "Name of the house as it stands over the door.")
ONEDOOR_NAME_EN = env.text("ONEDOOR_NAME_EN", "Qinhuangdao Government Services", "The same name in English.")
ONEDOOR_HOTLINE = env.text("ONEDOOR_HOTLINE", "12345", "Number that people call, day and night.")
ONEDOOR_PHONE = env.text("ONEDOOR_PHONE", "", "Telephone of the main hall, shown in the foot of every page.")
MEDIA_ROOT = ONEDOOR_DATA / "files"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"


def _secret_key() -> str:
    """Return the signing key of this installation, made at first use and kept with the other keys."""
    import os
    import secrets

    SECRET_KEY_FILE.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not SECRET_KEY_FILE.exists():
        fresh = SECRET_KEY_FILE.with_suffix(f".{os.getpid()}.new")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(50))
        try:
            os.link(fresh, SECRET_KEY_FILE)
        except FileExistsError:
            pass
        fresh.unlink()
    return SECRET_KEY_FILE.read_text()


SECRET_KEY = _secret_key()
