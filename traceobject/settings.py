"""All settings. Each is read from the environment; docs/operators.md has the table.

The file has three profiles:

* ``production``: no secret has a default, and missing settings are named before anything starts;
* ``demo``: random secrets are made once and kept in var/, and the servers come from wheels;
* ``test``: like demo, in its own var/, with cheap password hashes.

Without TRACEOBJECT_PROFILE, the profile is ``demo`` only if the environment names no database, no broker, no
secret and no host. Any of these means that somebody is setting up a real site.
"""

import contextlib
import json
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

import environ
from cryptography.fernet import Fernet
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from kombu import Queue

from traceobject import bodies, embedded, headers
from traceobject.outbox.lanes import BOUNDS, Lane

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env(
    TRACEOBJECT_PROFILE=(str, ""),
    VAR_DIR=(str, str(BASE_DIR / "var")),
    SECRET_KEY=(str, ""),
    RECEIPT_KEY=(str, ""),
    CONTACT_KEYS=(list, []),
    DATABASE_URL=(str, ""),
    REDIS_URL=(str, ""),
    EMAIL_URL=(str, ""),
    DEFAULT_FROM_EMAIL=(str, ""),
    SITE_URL=(str, ""),
    ONION_URL=(str, ""),
    ALLOWED_HOSTS=(list, []),
    SITE_NAME=(str, "Trace an Object"),
    AGENCY_NAME=(str, "Example Agency"),
    SECURITY_CONTACT=(str, ""),
    LEAVE_URL=(str, "https://www.wikipedia.org/"),
    ADMIN_PATH=(str, "admin/"),
    TIME_ZONE=(str, "UTC"),
    LOG_LEVEL=(str, "INFO"),
    CONTACT_RETENTION_DAYS=(int, 180),
    REJECTED_RETENTION_DAYS=(int, 365),
    UPLOAD_RETENTION_DAYS=(int, 365),
    NOTE_RETENTION_DAYS=(int, 730),
    HOUR_RETENTION_DAYS=(int, 30),
    AUDIT_HEAD_EMAIL=(str, ""),
    AUDIT_HEAD_FILE=(str, ""),
    AUDIT_TSA_URL=(str, ""),
    AUDIT_TSA_CERTIFICATES=(str, ""),
    CROSS_LANGUAGE=(bool, True),
    CROSS_LANGUAGE_JOIN=(float, 0.0),
    MFA_REQUIRED=(bool, True),
    OIDC_ISSUER_URL=(str, ""),
    OIDC_CLIENT_ID=(str, ""),
    OIDC_CLIENT_SECRET=(str, ""),
    OIDC_NAME=(str, "Single sign-on"),
    PROXY_COUNT=(int, 1),
    HSTS_SECONDS=(int, 63072000),
    PRIVATE_BUCKET=(str, ""),
    PUBLIC_BUCKET=(str, ""),
    S3_ENDPOINT_URL=(str, ""),
    S3_REGION=(str, ""),
    S3_ACCESS_KEY_ID=(str, ""),
    S3_SECRET_ACCESS_KEY=(str, ""),
    PURGE_WEBHOOK_URL=(str, ""),
    PURGE_WEBHOOK_KEY=(str, ""),
    WEB_PROCESSES=(int, 2),
    WEB_THREADS=(int, 16),
    WEB_HEADER_SECONDS=(int, 10),
    WEB_BODY_SECONDS=(int, 30),
    WEB_BODY_RATE=(int, 20),
    WEB_BODY_MB=(int, 64),
    WEB_BODIES_MB=(int, 256),
)

# --- Profile ----------------------------------------------------------------------------------

_SIGNS_OF_PRODUCTION = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "ALLOWED_HOSTS", "SITE_URL")
PROFILE = env("TRACEOBJECT_PROFILE") or (
    "production" if any(env(name) for name in _SIGNS_OF_PRODUCTION) else "demo"
)
if PROFILE not in ("production", "demo", "test"):
    raise ImproperlyConfigured(
        f"TRACEOBJECT_PROFILE is {PROFILE!r}; it must be production, demo or test"
    )
PRODUCTION = PROFILE == "production"
VAR_DIR = Path(env("VAR_DIR")).resolve()
if PROFILE == "test" and "VAR_DIR" not in env.ENVIRON:
    VAR_DIR = BASE_DIR / "var" / "test"

with contextlib.suppress(OSError):  # it may be read-only in a container
    VAR_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)

if PRODUCTION:
    _needed = (
        *("SECRET_KEY", "RECEIPT_KEY", "CONTACT_KEYS", "DATABASE_URL", "REDIS_URL"),
        *("EMAIL_URL", "DEFAULT_FROM_EMAIL", "SITE_URL", "ALLOWED_HOSTS"),
    )
    _missing = [name for name in _needed if not env(name)]
    if _missing:
        raise ImproperlyConfigured(
            "The site does not start: these settings are missing: " + ", ".join(_missing) + ". "
            "docs/operators.md explains each of them."
        )
    for _name in ("SECRET_KEY", "RECEIPT_KEY"):
        if len(env(_name)) < 50:
            raise ImproperlyConfigured(f"{_name} is too short: use 50 random characters or more")
    if env("SECRET_KEY") == env("RECEIPT_KEY"):
        raise ImproperlyConfigured("SECRET_KEY and RECEIPT_KEY must differ")
    if not env("SITE_URL").startswith("https://"):
        raise ImproperlyConfigured("SITE_URL must start with https://")


def _local_secrets() -> dict[str, str]:
    """Return the demo's random secrets. Create them on the first run (file mode 0600)."""
    path = VAR_DIR / "secrets.json"
    if not path.exists():
        made = {
            "SECRET_KEY": secrets.token_urlsafe(64),
            "RECEIPT_KEY": secrets.token_urlsafe(64),
            "CONTACT_KEYS": Fernet.generate_key().decode(),
        }
        fresh = path.with_suffix(f".{secrets.token_hex(4)}")
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps(made))
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(fresh)  # atomic: the first of several processes wins
        fresh.unlink()
    return json.loads(path.read_text())


_local = {} if PRODUCTION else _local_secrets()
SECRET_KEY = env("SECRET_KEY") or _local["SECRET_KEY"]
RECEIPT_KEY = env("RECEIPT_KEY") or _local["RECEIPT_KEY"]
CONTACT_KEYS = env("CONTACT_KEYS") or [_local["CONTACT_KEYS"]]
try:
    for _key in CONTACT_KEYS:
        Fernet(_key)
except ValueError:
    raise ImproperlyConfigured(
        "CONTACT_KEYS must be Fernet keys, newest first, separated by commas"
    ) from None

# --- The site and its name --------------------------------------------------------------------

DEBUG = False
SITE_NAME = env("SITE_NAME")
AGENCY_NAME = env("AGENCY_NAME")
LEAVE_URL = env("LEAVE_URL")
SECURITY_CONTACT = env("SECURITY_CONTACT")
if SECURITY_CONTACT and not SECURITY_CONTACT.startswith(("https://", "mailto:", "tel:")):
    raise ImproperlyConfigured("SECURITY_CONTACT must start with https://, mailto: or tel:")
SITE_URL = env("SITE_URL").rstrip("/") or "http://localhost:8000"
ALLOWED_HOSTS = env("ALLOWED_HOSTS") or ["localhost", "127.0.0.1", "[::1]"]
# The onion address of the site, announced in a header. It needs no HTTPS, because Tor encrypts it.
ONION_URL = env("ONION_URL").rstrip("/")
if ONION_URL:
    ONION_HOST = ONION_URL.partition("://")[2]
    if not ONION_URL.startswith(("http://", "https://")) or not ONION_HOST.endswith(".onion"):
        raise ImproperlyConfigured("ONION_URL must look like http://….onion, without a path")
    ALLOWED_HOSTS = [*ALLOWED_HOSTS, ONION_HOST]
else:
    ONION_HOST = ""
ADMIN_PATH = env("ADMIN_PATH").strip("/") + "/"
ROOT_URLCONF = "traceobject.urls"
WSGI_APPLICATION = "traceobject.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
APPEND_SLASH = True

INSTALLED_APPS = [
    "traceobject.staff.admin_config.SiteAdminConfig",
    "traceobject.staff",  # before auth, whose command changepassword it replaces
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_countries",
    "pgtrigger",
    "parler",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "traceobject.audit",
    "traceobject.crypto",
    "traceobject.outbox",
    "objects",
    "tips",
]

MIDDLEWARE = [
    "traceobject.middleware.onion_service",
    "django.middleware.security.SecurityMiddleware",
    "traceobject.middleware.unstreamed_files",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "traceobject.middleware.protective_headers",
    "traceobject.middleware.language_from_path",
    "traceobject.middleware.strip_nul",
    "traceobject.middleware.refuse_bodies",
    "traceobject.staff.middleware.Sessions",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "traceobject.staff.middleware.Authentication",
    "traceobject.staff.middleware.Messages",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "traceobject.rooms.RoomMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "traceobject.context.site",
            ]
        },
    }
]

# --- Database, broker, cache, jobs ------------------------------------------------------------

if env("DATABASE_URL"):
    DATABASES = {"default": env.db_url("DATABASE_URL")}
    if "postgresql" not in DATABASES["default"]["ENGINE"]:
        raise ImproperlyConfigured("DATABASE_URL must be a PostgreSQL database (postgres://…)")
else:
    DATABASES = {"default": embedded.database_settings(VAR_DIR)}
DATABASES["default"]["CONN_MAX_AGE"] = 600
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

EMBEDDED_BROKER = not env("REDIS_URL")
if EMBEDDED_BROKER:
    CELERY_BROKER_URL, _cache_url = embedded.redis_urls(VAR_DIR)
else:
    CELERY_BROKER_URL = _cache_url = env("REDIS_URL")
    if _cache_url.startswith("unix://"):  # Celery has its own spelling for sockets
        _path, _, _number = _cache_url.removeprefix("unix://").partition("?db=")
        CELERY_BROKER_URL = f"redis+socket://{_path}?virtual_host={_number or 0}"
CACHES = {
    # For libraries: a table that stores only allauth's limits on guessing.
    "default": {"BACKEND": "traceobject.staff.sign_in.SignInCache"},
    # Rendered pages without any visitor's data, in the memory of each process.
    "pages": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "pages",
        "OPTIONS": {"MAX_ENTRIES": 1000},
    },
    # Values that may be lost, and must never be on a disk.
    "memory": {
        "BACKEND": "traceobject.cache.MemoryCache",
        "LOCATION": _cache_url,
        "KEY_PREFIX": "traceobject",
    },
}

CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 300
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "socket_connect_timeout": 2,
    "socket_timeout": 15,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TIMEZONE = "UTC"
# A queue for each lane. A worker serves all of them, or those in its -Q option.
CELERY_TASK_QUEUES = [Queue(str(lane)) for lane in Lane]
CELERY_TASK_DEFAULT_QUEUE = str(Lane.QUICK)


def _beat(task: str, lane: Lane, **every: int) -> dict[str, Any]:
    """Return a schedule entry for a task on a lane's queue. A task that is not started in time expires."""
    pause = timedelta(**every)
    return {
        "task": task,
        "schedule": pause,
        "options": {"queue": str(lane), "expires": max(60, pause.total_seconds())},
    }


CELERY_BEAT_SCHEDULER = "traceobject.beat.SteadyScheduler"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    **{
        f"sweep the outbox, {lane}": {
            **(entry := _beat("traceobject.outbox.tasks.drain", lane, seconds=10)),
            "args": [str(lane)],
            "options": {**entry["options"], "time_limit": BOUNDS[lane].time_limit},
        }
        for lane in Lane
    },
    "round times in the outbox": _beat(
        "traceobject.outbox.tasks.round_times", Lane.QUICK, minutes=10
    ),
    "publish what is due": _beat("objects.tasks.publish_due", Lane.OUTSIDE, seconds=20),
    "sweep the public store": _beat("objects.tasks.sweep_public", Lane.OUTSIDE, minutes=1),
    "delete orphaned files": _beat("objects.tasks.delete_orphans", Lane.OUTSIDE, hours=1),
    "inspect outdated pictures": _beat("objects.tasks.reinspect_outdated", Lane.QUICK, minutes=10),
    "route what waits for a desk": _beat("tips.tasks.route_waiting", Lane.QUICK, minutes=5),
    "erase what is past its time": _beat("tips.tasks.erase_expired", Lane.OUTSIDE, hours=1),
    "append to the audit trail": _beat(
        "traceobject.audit.tasks.append_pending", Lane.OUTSIDE, minutes=10
    ),
    "note the audit trail's head": _beat(  # it is due once a day; see traceobject.audit.head
        "traceobject.audit.tasks.note_head", Lane.QUICK, minutes=30
    ),
    "delete pictures of no tip": _beat("tips.tasks.delete_unclaimed", Lane.OUTSIDE, minutes=10),
    "delete expired sessions": _beat(
        "traceobject.staff.tasks.delete_expired_sessions", Lane.QUICK, hours=1
    ),
    "delete expired sign-in limits": _beat(
        "traceobject.staff.tasks.delete_expired_sign_in_limits", Lane.QUICK, minutes=10
    ),
}

# --- Files ------------------------------------------------------------------------------------


def _bucket(name: str, variable: str) -> dict[str, object]:
    """Return the settings of a store: an S3 bucket if the variable names one, else the folder var/name."""
    if not env(variable):
        return {
            "BACKEND": "traceobject.storage.folder.FolderStorage",
            "OPTIONS": {
                "location": VAR_DIR / name,
                "base_url": None,
                "file_permissions_mode": 0o600,
                "directory_permissions_mode": 0o700,
                "allow_overwrite": True,
            },
        }
    return {
        "BACKEND": "traceobject.storage.bucket.BucketStorage",
        "OPTIONS": {
            "bucket_name": env(variable),
            "endpoint_url": env("S3_ENDPOINT_URL") or None,
            "region_name": env("S3_REGION") or None,
            "access_key": env("S3_ACCESS_KEY_ID") or None,
            "secret_key": env("S3_SECRET_ACCESS_KEY") or None,
            "default_acl": None,
            "file_overwrite": True,
        },
    }


if env("PRIVATE_BUCKET") and env("PRIVATE_BUCKET") == env("PUBLIC_BUCKET"):
    raise ImproperlyConfigured("PRIVATE_BUCKET and PUBLIC_BUCKET must be two different buckets")

STORAGES = {
    "default": _bucket("private", "PRIVATE_BUCKET"),
    "private": _bucket("private", "PRIVATE_BUCKET"),
    "public": _bucket("public", "PUBLIC_BUCKET"),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if PROFILE == "test"
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = PROFILE == "test"
WHITENOISE_ADD_HEADERS_FUNCTION = headers.static_headers

# --- Caches in front of the site --------------------------------------------------------------

PURGE_WEBHOOK_URL, PURGE_WEBHOOK_KEY = env("PURGE_WEBHOOK_URL"), env("PURGE_WEBHOOK_KEY")
if PURGE_WEBHOOK_URL:
    if PRODUCTION and not PURGE_WEBHOOK_URL.startswith("https://"):
        raise ImproperlyConfigured("PURGE_WEBHOOK_URL must start with https://")
    if len(PURGE_WEBHOOK_KEY) < 32:
        raise ImproperlyConfigured(
            "PURGE_WEBHOOK_KEY is too short: use 32 random characters or more"
        )

# --- Audit trail: where its head goes each day ------------------------------------------------

AUDIT_HEAD_EMAIL, AUDIT_HEAD_FILE = env("AUDIT_HEAD_EMAIL"), env("AUDIT_HEAD_FILE")
AUDIT_TSA_URL, AUDIT_TSA_CERTIFICATES = env("AUDIT_TSA_URL"), env("AUDIT_TSA_CERTIFICATES")
if AUDIT_TSA_URL:
    # Stamps are signed and hold a digest alone, and many services speak HTTP.
    if not AUDIT_TSA_URL.startswith(("https://", "http://")):
        raise ImproperlyConfigured("AUDIT_TSA_URL must start with https:// or http://")
    if not AUDIT_HEAD_FILE or not AUDIT_TSA_CERTIFICATES:
        raise ImproperlyConfigured("AUDIT_TSA_URL needs AUDIT_HEAD_FILE and AUDIT_TSA_CERTIFICATES")

# --- Mail -------------------------------------------------------------------------------------

DEFAULT_FROM_EMAIL = SERVER_EMAIL = env("DEFAULT_FROM_EMAIL") or "trace-an-object@localhost"
if env("EMAIL_URL"):
    _mail = env.email_url("EMAIL_URL")
    EMAIL_BACKEND = _mail["EMAIL_BACKEND"]
    EMAIL_HOST, EMAIL_PORT = _mail["EMAIL_HOST"], _mail["EMAIL_PORT"]
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_USER"], _mail["EMAIL_HOST_PASSWORD"]
    EMAIL_USE_TLS, EMAIL_USE_SSL = (
        _mail.get("EMAIL_USE_TLS", False),
        _mail.get("EMAIL_USE_SSL", False),
    )
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_TIMEOUT = 10  # seconds for each answer; a whole mail may take 45 (traceobject.outbox.lanes)
ADMINS: list[tuple[str, str]] = []  # no error mails, because a traceback may contain a tip

# --- Staff sign-in ----------------------------------------------------------------------------

AUTH_USER_MODEL = "staff.User"
AUTHENTICATION_BACKENDS = ["traceobject.staff.roles.RoleBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
if PROFILE == "test":
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "staff_home"
ACCOUNT_ADAPTER = "traceobject.staff.adapter.StaffAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_FORMS = {
    "change_password": "traceobject.staff.adapter.StaffChangePasswordForm",
    "reset_password": "traceobject.staff.adapter.StaffResetPasswordForm",
    "user_token": "traceobject.staff.adapter.StaffUserTokenForm",
}
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("PROXY_COUNT", default=1 if PRODUCTION else 0)
PASSWORD_RESET_TIMEOUT = 24 * 3600  # seconds; also for invitations
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {
    "authenticate": "traceobject.staff.factor_forms.StaffAuthenticateForm",
    "reauthenticate": "traceobject.staff.factor_forms.StaffReauthenticateForm",
    "add_webauthn": "traceobject.staff.factor_forms.StaffAddPasskeyForm",
}
MFA_ALLOW_UNVERIFIED_EMAIL = True  # administrators enter the addresses; no page verifies them
# A passkey signs in alone, so it asks for a PIN, a finger or a face.
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION  # http://localhost
MFA_ADAPTER = "traceobject.staff.mfa_adapter.SealingMFAAdapter"
MFA_TOTP_ISSUER = SITE_NAME
MFA_REQUIRED = env("MFA_REQUIRED") if PRODUCTION else env.bool("MFA_REQUIRED", default=False)
CSRF_FAILURE_VIEW = "traceobject.views.stale_form"
SESSION_ENGINE = "traceobject.staff.sessions"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_AGE = 12 * 3600  # the longest a session lasts; without a request, 30 minutes
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Strict"
if PRODUCTION:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"

# Sign-in through the agency's own provider, beside passwords. Accounts are still created here.
OIDC_ISSUER_URL, OIDC_CLIENT_ID = env("OIDC_ISSUER_URL").rstrip("/"), env("OIDC_CLIENT_ID")
SOCIALACCOUNT_ADAPTER = "traceobject.staff.identity.StaffSocialAccountAdapter"
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {}
if OIDC_ISSUER_URL:
    if not OIDC_CLIENT_ID or not env("OIDC_CLIENT_SECRET"):
        raise ImproperlyConfigured("OIDC_ISSUER_URL needs OIDC_CLIENT_ID and OIDC_CLIENT_SECRET")
    if PRODUCTION and not OIDC_ISSUER_URL.startswith("https://"):
        raise ImproperlyConfigured("OIDC_ISSUER_URL must start with https://")
    # The provider sends the browser back here. A strict cookie would not come with it.
    SESSION_COOKIE_SAMESITE = "Lax"
    SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "agency",
                    "name": env("OIDC_NAME"),
                    "client_id": OIDC_CLIENT_ID,
                    "secret": env("OIDC_CLIENT_SECRET"),
                    "settings": {"server_url": OIDC_ISSUER_URL},
                }
            ],
        }
    }

# --- Limits of tips ---------------------------------------------------------------------------

TIP_LONGEST = 20_000  # characters
CROSS_LANGUAGE = env("CROSS_LANGUAGE")
CROSS_LANGUAGE_JOIN = env("CROSS_LANGUAGE_JOIN")  # cosine from which claims are merged; 0: by hand
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
# Uploads are held in memory, so that no file reaches a disk before it is sanitised. Larger files are not
# read.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 42 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

# --- Retention ----------------------------------------------------------------------------------

for _name in ("CONTACT", "REJECTED", "UPLOAD", "NOTE", "HOUR"):
    if env(f"{_name}_RETENTION_DAYS") < 3:  # within two days, flooders are still recognised
        raise ImproperlyConfigured(f"{_name}_RETENTION_DAYS must be 3 or more")
CONTACT_RETENTION = timedelta(days=env("CONTACT_RETENTION_DAYS"))
REJECTED_RETENTION = timedelta(days=env("REJECTED_RETENTION_DAYS"))
UPLOAD_RETENTION = timedelta(days=env("UPLOAD_RETENTION_DAYS"))
NOTE_RETENTION = timedelta(days=env("NOTE_RETENTION_DAYS"))
HOUR_RETENTION = timedelta(days=env("HOUR_RETENTION_DAYS"))

# --- Limits of the web server -----------------------------------------------------------------

for _name, _least in (
    ("WEB_PROCESSES", 1),
    *(("WEB_THREADS", 2), ("WEB_HEADER_SECONDS", 1), ("WEB_BODY_SECONDS", 1)),
    *(("WEB_BODY_RATE", 1), ("WEB_BODY_MB", 1), ("WEB_BODIES_MB", env("WEB_BODY_MB"))),
):
    if env(_name) < _least:
        raise ImproperlyConfigured(f"{_name} is {env(_name)}; it must be {_least} or more")
WEB_PROCESSES, WEB_THREADS = env("WEB_PROCESSES"), env("WEB_THREADS")
WEB_HEADER_SECONDS = min(60, env("WEB_HEADER_SECONDS"))
WEB_BODIES = bodies.Limits(
    max_bodies=WEB_THREADS // 2,
    max_bytes=env("WEB_BODY_MB") * 1024**2,
    max_total_bytes=env("WEB_BODIES_MB") * 1024**2,
    seconds=env("WEB_BODY_SECONDS"),
    rate=env("WEB_BODY_RATE") * 1024,
)

# --- Headers ----------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
        "manifest-src": [SELF],
        "require-trusted-types-for": ["'script'"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "no-referrer"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
if PRODUCTION:
    SECURE_SSL_REDIRECT = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_REDIRECT_EXEMPT = [r"^(healthz|livez)$"]
    SECURE_HSTS_SECONDS = env("HSTS_SECONDS")
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    CSRF_TRUSTED_ORIGINS = [SITE_URL]

# --- Languages and time -----------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [
    *(("en", "English"), ("fr", "Français"), ("de", "Deutsch"), ("es", "Español")),
    *(("nl", "Nederlands"), ("pl", "Polski"), ("ar", "العربية"), ("uk", "Українська")),
]
PARLER_LANGUAGES = {
    None: tuple({"code": code} for code, _ in LANGUAGES),
    "default": {"fallbacks": ["en"], "hide_untranslated": False},
}
PARLER_DEFAULT_LANGUAGE_CODE = "en"
PARLER_ENABLE_CACHING = False  # unpublished texts stay in the database
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["traceobject.formats"]
USE_I18N = USE_TZ = True
TIME_ZONE = env("TIME_ZONE")

# --- Logs: on standard error, without addresses, visitors' input or errors' messages --------------

LOGGING_CONFIG = "traceobject.logs.configure"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"typed": {"()": "traceobject.logs.RequestFilter"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "plain",
            "filters": ["typed"],
        }
    },
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL")},
    "loggers": {
        "django": {"handlers": ["console"], "level": env("LOG_LEVEL"), "propagate": False},
        "django.server": {"handlers": ["console"], "propagate": False},
        "celery": {"level": "WARNING"},
        # Scanners send wrong Host headers, which would only fill the log. Without this entry, Python's
        # last-resort handler would write them.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}
