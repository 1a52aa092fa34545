"""All URLs of the site."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.contrib.sitemaps.views import sitemap
from django.urls import include, path
from django.views.decorators.http import conditional_page

from objects.gallery import feeds
from objects.gallery.oembed import oembed
from objects.gallery.views import picture_file
from tips.intake.views import leave
from traceobject import views
from traceobject.outbox.views import retry

urlpatterns = [
    path("healthz", views.health, name="health"),
    path("livez", views.live, name="live"),
    path("robots.txt", views.robots, name="robots"),
    path("staff/", views.staff_home, name="staff_home"),
    path("staff/retry/", retry, name="retry_steps"),
    path("accounts/", include("traceobject.staff.urls")),
    path(settings.ADMIN_PATH, admin.site.urls),
    path("", include("tips.staff_urls")),
    path("leave/", leave, name="leave"),
    path("pictures/<str:name>", picture_file, name="picture"),
    path("objects.json", feeds.listing, name="listing"),
    path("oembed", oembed, name="oembed"),
    path("sitemap.xml", conditional_page(sitemap), {"sitemaps": {"pages": feeds.Pages}}, "sitemap"),
    path(".well-known/security.txt", views.security_txt, name="security_txt"),
    # Public pages have a prefix for each language, such as /fr/…; English has none.
    *i18n_patterns(
        path("", include("tips.urls")),
        path("", include("objects.urls")),
        prefix_default_language=False,
    ),
]

handler400 = "traceobject.views.bad_request"
