"""All addresses of the site."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from traceobject import views

urlpatterns = [
    path("healthz", views.health, name="health"),
    path("robots.txt", views.robots),
    path("staff/", views.staff_home, name="staff_home"),
    path("accounts/", include("traceobject.staff.urls")),
    path(settings.ADMIN_PATH, admin.site.urls),
    path("", include("tips.urls")),
    path("", include("objects.urls")),
]

handler400 = "traceobject.views.bad_request"
