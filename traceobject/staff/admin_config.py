"""Puts our admin site in the place of Django's. Read before the models are, so apart from it."""

from django.contrib.admin.apps import AdminConfig


class SiteAdminConfig(AdminConfig):
    default_site = "traceobject.staff.admin_site.SiteAdmin"
