"""Replace Django's admin site with ours. Django imports this before the models, so it is a module alone."""

from django.contrib.admin.apps import AdminConfig


class SiteAdminConfig(AdminConfig):
    default_site = "traceobject.staff.admin_site.SiteAdmin"
