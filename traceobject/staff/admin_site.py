"""The admin site for moderators, analysts and administrators."""

from csp.decorators import csp_replace
from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import redirect

from traceobject.staff.roles import works_in_admin

_OF_FIELDS = ("exact", "id__exact", "pk__exact", "isnull")
_OF_DATES = ("year", "month", "day", "gte", "lt")


class DeclaredLookups:
    """Mixin for admin pages: filter by what the page offers as a filter, and by nothing else.

    Django allows a filter on any field of the model in the address, so a page that hides a field would
    still answer questions about it, letter by letter.
    """

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        allowed = {"pk__exact", "id__exact"}
        for each in self.get_list_filter(request):  # type: ignore[attr-defined]
            if isinstance(each, str):
                allowed |= {each, *(f"{each}__{ending}" for ending in _OF_FIELDS)}
            elif isinstance(each, tuple):
                allowed.add(f"{each[0]}__isempty")
            else:
                allowed |= set(getattr(each, "parameters", None) or [each.parameter_name])
        if hierarchy := self.date_hierarchy:  # type: ignore[attr-defined]
            allowed |= {f"{hierarchy}__{ending}" for ending in _OF_DATES}
        return lookup in allowed


class SiteAdmin(admin.AdminSite):
    """Django's admin behind the site's only sign-in page, so that nobody can avoid the second factor."""

    site_title = index_title = "Staff"
    site_header = "Trace an Object"
    enable_nav_sidebar = True

    def register(self, model_or_iterable, admin_class=None, **options):
        """Register pages whose filters are all declared (:class:`DeclaredLookups`)."""
        base = admin_class or admin.ModelAdmin
        strict = type(base.__name__, (DeclaredLookups, base), {"__doc__": base.__doc__})
        super().register(model_or_iterable, strict, **options)

    def admin_view(self, view, cacheable: bool = False):
        """Wrap a view without trusted types, because the admin's jQuery assigns strings to innerHTML."""
        return csp_replace({"require-trusted-types-for": None})(super().admin_view(view, cacheable))

    def has_permission(self, request: HttpRequest) -> bool:
        return works_in_admin(request.user)

    def login(self, request: HttpRequest, extra_context: object = None):
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next", request.path))

    def password_change(self, request: HttpRequest, extra_context: object = None):
        """Redirect to the site's own page, which ends all sessions and is recorded."""
        return redirect("account_change_password")

    def autocomplete_view(self, request: HttpRequest):
        """Close Django's search for related rows: no page uses it, and it answers for any relation."""
        raise Http404
