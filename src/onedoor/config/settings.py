"""One settings file; what differs between installations comes from the environment through ``env``."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from pathlib import Path

from onedoor.config import engine, env

ROOT = Path(__file__).resolve().parents[3]
ONEDOOR_DATA = env.path("ONEDOOR_DATA", "var", "Folder of everything an installation keeps: database, files, keys.")
ONEDOOR_KEYS = ONEDOOR_DATA / "keys"
ONEDOOR_PORT = env.number("ONEDOOR_PORT", 8000, "Port of the web server.")
ONEDOOR_BASE_URL = (
    env.text(
        "ONEDOOR_BASE_URL", "", "How this installation is reached from outside, for QR codes; empty for 127.0.0.1 and the port."
    )
    or f"http://127.0.0.1:{ONEDOOR_PORT}"
)
ONEDOOR_HOST = env.text("ONEDOOR_HOST", "127.0.0.1", "Address the web server listens on; 0.0.0.0 for all of this machine.")
ONEDOOR_WEB_WORKERS = env.number("ONEDOOR_WEB_WORKERS", 2, "Web processes; about one for each core.")
ONEDOOR_WEB_THREADS = env.number("ONEDOOR_WEB_THREADS", 4, "Threads in each web process; each keeps one database connection.")
ONEDOOR_WORKER_JOBS = env.number("ONEDOOR_WORKER_JOBS", 2, "Jobs that one worker does at the same time.")
ONEDOOR_LOG_LEVEL = env.text("ONEDOOR_LOG_LEVEL", "INFO", "Least level of what is logged: DEBUG, INFO, WARNING, ERROR.")
ONEDOOR_LOG_FORMAT = env.text("ONEDOOR_LOG_FORMAT", "text", "Form of the log on standard error: text or json.")
DATABASE_URL = env.text("ONEDOOR_DATABASE_URL", "", "Address of an outside PostgreSQL; empty for the embedded one.")

ONEDOOR_OFFICE_HOURS = env.text(
    "ONEDOOR_OFFICE_HOURS", "08:30-12:00,13:30-17:30", "Hours in which limits in working hours run; the last one closes the office."
)

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


def _database(url: str) -> dict[str, object]:
    try:
        return engine.parse_url(url)
    except ValueError as error:
        raise env.WrongSetting(f"ONEDOOR_DATABASE_URL is not like postgresql://user:password@host:5432/name ({error})") from error


MIDDLEWARE = [
    "onedoor.look.csp.middleware",
    "django.middleware.security.SecurityMiddleware",
    "onedoor.config.middleware.EdgeMiddleware",
    "onedoor.look.assets.CompressedFiles",
    "onedoor.look.packing.PackedPages",
    "onedoor.documents.middleware.RefuseLargeBodies",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "onedoor.look.language.middleware",
    "django.middleware.common.CommonMiddleware",
    "onedoor.kernel.long_forms.LongForms",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "onedoor.people.middleware.ActorMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "onedoor.config.doors.DoorMiddleware",
    "onedoor.documents.middleware.TellFullDisk",
    "onedoor.look.refusals.RefusalMiddleware",
]
DATABASES = {
    "default": {
        **_database(DATABASE_URL or engine.embedded_url(ONEDOOR_DATA)),
        "ENGINE": "onedoor.config.postgres",
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
LOCALE_PATHS = sorted(Path(__file__).parents[1].glob("*/locale"))  # the words of the rooms come before those of packages
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
STATIC_URL = "/static/"
MEDIA_ROOT = ONEDOOR_DATA / "files"
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "onedoor.documents.uploading.TemporaryFiles",
]
FILES_STORAGE = env.text(
    "ONEDOOR_FILES_STORAGE", "django.core.files.storage.FileSystemStorage", "Django storage class of files and papers."
)
FILES_OPTIONS = env.text("ONEDOOR_FILES_OPTIONS", "", "Options of that class as JSON; empty for a folder in the data folder.")
FILES_FOLDER = {"location": str(MEDIA_ROOT), "file_permissions_mode": 0o600, "directory_permissions_mode": 0o700}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "onedoor.look.assets.MarkedStorage"},
    # What people hand in and what the city issues; a bucket serves as well as a folder.
    "files": {"BACKEND": FILES_STORAGE, "OPTIONS": json.loads(FILES_OPTIONS or "null") or FILES_FOLDER},
}
# Served from the package; the address changes with the content (onedoor.look.assets), so browsers may keep it.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_IMMUTABLE_FILE_TEST = "."
WHITENOISE_ALLOW_ALL_ORIGINS = False
FORM_RENDERER = "onedoor.look.forms.Renderer"
ONEDOOR_NAME = env.text("ONEDOOR_NAME", "秦皇岛市政务服务中心", "Name of the house as it stands over the door.")
ONEDOOR_NAME_EN = env.text("ONEDOOR_NAME_EN", "Qinhuangdao Government Services", "The same name in English.")
ONEDOOR_HOTLINE = env.text("ONEDOOR_HOTLINE", "12345", "Number that people call, day and night.")
ONEDOOR_PHONE = env.text("ONEDOOR_PHONE", "", "Telephone of the main hall, shown in the foot of every page.")
ONEDOOR_UPLOAD_MB = env.number("ONEDOOR_UPLOAD_MB", 20, "Largest file that is taken, in megabytes.")
ONEDOOR_MESSAGE_HOURS = env.text(
    "ONEDOOR_MESSAGE_HOURS",
    "08:00-20:00",
    "Hours in which reminders and what jobs of the night tell leave the house, in Shanghai's time.",
)
ONEDOOR_MANDATE_DAYS = env.number("ONEDOOR_MANDATE_DAYS", 366, "Longest time for which somebody may act for another, in days.")
ONEDOOR_DRAFT_DAYS = env.number("ONEDOOR_DRAFT_DAYS", 30, "Days after which a draft that nobody touches is dropped.")
ONEDOOR_CASE_MESSAGES = env.number(
    "ONEDOOR_CASE_MESSAGES", 20, "Messages an applicant may write about one application in 24 hours."
)
ONEDOOR_ITEM_CODE = env.text(
    "ONEDOOR_ITEM_CODE",
    "{area}-{department}-{type}-{serial:04d}",
    "How the codes of items are written: area (6 to 12 digits), department (2 letters), type (2 digits) and serial, each once. Set it once.",
)
ONEDOOR_REQUEST_MB = env.number("ONEDOOR_REQUEST_MB", 100, "Largest request with all its files; more is refused before it is read.")
ONEDOOR_CLAMD = env.text("ONEDOOR_CLAMD", "", "ClamAV daemon, as a socket's path or host:port; empty for no virus check.")
ONEDOOR_SEAL_P12 = env.text("ONEDOOR_SEAL_P12", "", "PKCS#12 file of the real seal's key; empty for keys of our own CA.")
ONEDOOR_SEAL_PASSWORD_FILE = env.text("ONEDOOR_SEAL_PASSWORD_FILE", "", "File that holds the password of ONEDOOR_SEAL_P12.")
X_FRAME_OPTIONS = "DENY"

# People and their sessions
AUTHENTICATION_BACKENDS = ["onedoor.people.backends.AccountBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["username", "display_name", "email"]},
    },
]
LOGIN_URL = "account_login"
SESSION_ENGINE = "onedoor.people.session_store"
SESSION_COOKIE_AGE = 7 * 24 * 3600
SESSION_COOKIE_NAME = "session"
SECURE_COOKIES = ONEDOOR_BASE_URL.startswith("https://")
SESSION_COOKIE_SECURE = SECURE_COOKIES
CSRF_COOKIE_SECURE = SECURE_COOKIES
ONEDOOR_IDENTITY_CHECK = env.text(
    "ONEDOOR_IDENTITY_CHECK",
    "onedoor.people.verification.check_number_only",
    "Function that asks the national identity service whether name and number belong together.",
)
ONEDOOR_ORGANISATION_CHECK = env.text(
    "ONEDOOR_ORGANISATION_CHECK",
    "onedoor.people.verification.check_code_only",
    "Function that asks the register of enterprises whether name, credit code and legal representative belong together.",
)
ONEDOOR_STAFF_IDLE_MINUTES = env.number(
    "ONEDOOR_STAFF_IDLE_MINUTES", 15, "Minutes after which an idle civil servant is logged out."
)
ONEDOOR_STAFF_SESSION_HOURS = env.number("ONEDOOR_STAFF_SESSION_HOURS", 12, "Hours after which a civil servant logs in again.")
ONEDOOR_PROXIES = env.number(
    "ONEDOOR_PROXIES", 0, "Proxies in front that write X-Forwarded-For; 0 where people reach the server itself."
)
ONEDOOR_PASSWORD_DAYS = env.number("ONEDOOR_PASSWORD_DAYS", 90, "Days after which a civil servant chooses a new password.")
ACCOUNT_ADAPTER = "onedoor.people.adapters.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_RATE_LIMITS = False  # tries are counted in the database, where all web processes see them
MFA_ADAPTER = "onedoor.people.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1
MFA_RATE_LIMITS = False
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 2000}}}
CSRF_TRUSTED_ORIGINS = [ONEDOOR_BASE_URL]
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_COOKIES else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE_COOKIES else None

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""  # web processes name jobs and do not load what does them
PROCRASTINATE_IMPORT_PATHS = [f"onedoor.{file.parent.name}.tasks" for file in sorted(Path(__file__).parents[1].glob("*/tasks.py"))]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "onedoor.config.log.LineFormatter", "kind": ONEDOOR_LOG_FORMAT}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": ONEDOOR_LOG_LEVEL},
    "loggers": {
        "django": {"handlers": [], "level": ONEDOOR_LOG_LEVEL, "propagate": True},
        "django.request": {"level": "ERROR"},
        "procrastinate": {"level": "WARNING"},
        "weasyprint": {"level": "ERROR"},  # names each step of each paper, and each rule of a style sheet that it skips
        "pikepdf": {"level": "WARNING"},
    },
}

# Messages
ONEDOOR_OUTBOX = ONEDOOR_DATA / "outbox"
ONEDOOR_SMS = env.text("ONEDOOR_SMS", "file", "Way out of text messages: file (the folder outbox), console or kannel.")
ONEDOOR_SMS_SENDER = env.text("ONEDOOR_SMS_SENDER", "12345", "Number from which text messages come.")
ONEDOOR_SMS_SIGNATURE = env.text("ONEDOOR_SMS_SIGNATURE", "【政务服务】", "Signature that opens every text message.")
ONEDOOR_KANNEL_URL = env.text("ONEDOOR_KANNEL_URL", "http://127.0.0.1:13013/cgi-bin/sendsms", "Address of Kannel's sendsms.")
ONEDOOR_KANNEL_USER = env.text("ONEDOOR_KANNEL_USER", "onedoor", "User name at Kannel.")
ONEDOOR_KANNEL_PASSWORD = env.text("ONEDOOR_KANNEL_PASSWORD", "", "Password at Kannel.")
ONEDOOR_EMAIL = env.text("ONEDOOR_EMAIL", "file", "Way out of e-mail: file (the folder outbox), console or smtp.")
ONEDOOR_MAIL_FROM = env.text("ONEDOOR_MAIL_FROM", "onedoor@localhost", "Address from which e-mail comes.")
ONEDOOR_SMTP_HOST = env.text("ONEDOOR_SMTP_HOST", "127.0.0.1", "Mail server.")
ONEDOOR_SMTP_PORT = env.number("ONEDOOR_SMTP_PORT", 25, "Port of the mail server.")
ONEDOOR_SMTP_USER = env.text("ONEDOOR_SMTP_USER", "", "User name at the mail server; empty for none.")
ONEDOOR_SMTP_PASSWORD = env.text("ONEDOOR_SMTP_PASSWORD", "", "Password at the mail server.")
ONEDOOR_SMTP_SECURITY = env.text("ONEDOOR_SMTP_SECURITY", "", "Security of the line to it: empty, starttls or tls.")


def _secret_key() -> str:
    """Return the signing key of this installation, made at first use and kept with the other keys."""
    try:
        engine.make_data_folder(ONEDOOR_DATA)
        SECRET_KEY_FILE.parent.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise env.WrongSetting(f"ONEDOOR_DATA cannot be used: {error.strerror}: {error.filename}") from error
    if not SECRET_KEY_FILE.exists():
        fresh = SECRET_KEY_FILE.with_suffix(f".{os.getpid()}.new")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(50))
        with contextlib.suppress(FileExistsError):  # somebody was faster
            os.link(fresh, SECRET_KEY_FILE)
        fresh.unlink()
    return SECRET_KEY_FILE.read_text()


SECRET_KEY = _secret_key()
