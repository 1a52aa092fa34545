"""URLs of the public pages of objects."""

from django.urls import path

from objects.gallery import feeds, views
from traceobject.page_cache import cached_page

urlpatterns = [
    path("", views.gallery, name="gallery"),
    path("feed/", cached_page()(feeds.Objects()), name="feed"),
    path("feed/<slug:category>/", cached_page()(feeds.Objects()), name="feed_of_category"),
    path("objects/<str:reference>/", views.trace_object, name="object"),
]
