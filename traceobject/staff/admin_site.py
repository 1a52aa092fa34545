"""The admin site for moderators, analysts and administrators."""

from csp.decorators import csp_replace
from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from traceobject.staff.roles import works_in_admin


class SiteAdmin(admin.AdminSite):
    """Django's admin behind the site's only sign-in page, so that nobody can avoid the second factor."""

    site_title = index_title = "Staff"
    site_header = "Trace an Object"
    enable_nav_sidebar = True

    def admin_view(self, view, cacheable: bool = False):
        """Wrap a view without trusted types, because the admin's jQuery assigns strings to innerHTML."""
        return csp_replace({"require-trusted-types-for": None})(super().admin_view(view, cacheable))

    def has_permission(self, request: HttpRequest) -> bool:
        return works_in_admin(request.user)

    def login(self, request: HttpRequest, extra_context: object = None):
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next", request.path))
