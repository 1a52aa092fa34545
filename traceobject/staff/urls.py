"""URLs for sign-in, password, second factor and sessions. allauth's other pages are left out."""

from urllib.parse import urlsplit

from allauth.account import views
from csp.decorators import csp_update
from django.conf import settings
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from traceobject.staff import recent
from traceobject.staff import views as own

_login = views.login
if settings.OIDC_ISSUER_URL:
    # Browsers apply form-action to redirects, too: signing in elsewhere is a form that redirects there.
    _provider = urlsplit(settings.OIDC_ISSUER_URL)
    _login = csp_update({"form-action": [f"{_provider.scheme}://{_provider.netloc}"]})(_login)

urlpatterns = [
    path("login/", _login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("continue/", recent.continue_form, name="staff_continue"),
    path("sessions/", own.sessions, name="staff_sessions"),
    path("password/change/", views.password_change, name="account_change_password"),
    # Where allauth sends an account without a password: a mailed link sets one.
    path(
        "password/set/",
        RedirectView.as_view(pattern_name="account_reset_password"),
        name="account_set_password",
    ),
    path("password/reset/", views.password_reset, name="account_reset_password"),
    path("password/reset/done/", views.password_reset_done, name="account_reset_password_done"),
    path(
        "password/reset/key/done/",
        views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    # allauth's pattern: a user's number has no hyphen, a token has one.
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("2fa/", include("allauth.mfa.urls")),
]
if settings.OIDC_ISSUER_URL:
    from allauth.socialaccount import views as elsewhere

    urlpatterns += [
        path("elsewhere/error/", elsewhere.login_error, name="socialaccount_login_error"),
        path(
            "elsewhere/cancelled/", elsewhere.login_cancelled, name="socialaccount_login_cancelled"
        ),
        path("", include("allauth.socialaccount.providers.openid_connect.urls")),
    ]
