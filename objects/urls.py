from django.urls import path

from objects.gallery import feeds, views
from traceobject.fastpath import kept

urlpatterns = [
    path("", views.gallery, name="gallery"),
    path("feed/", kept()(feeds.Objects()), name="feed"),
    path("feed/<slug:category>/", kept()(feeds.Objects()), name="feed_of_category"),
    path("objects/<str:reference>/", views.trace_object, name="object"),
]
