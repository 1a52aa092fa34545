"""The admin site: the moderators', analysts' and administrators' tool."""

from django.contrib import admin
from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest


class SiteAdminConfig(AdminConfig):
    default_site = "traceobject.staff.admin_site.SiteAdmin"


class SiteAdmin(admin.AdminSite):
    """Django's admin behind the one sign-in page, so that the second factor cannot be walked round."""

    site_title = index_title = "Staff"
    site_header = "Trace an Object"
    enable_nav_sidebar = True

    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        return user.is_active and user.is_staff

    def login(self, request: HttpRequest, extra_context: object = None):
        from django.contrib.auth.views import redirect_to_login
        from django.core.exceptions import PermissionDenied

        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next", request.path))
