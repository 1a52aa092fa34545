from django.urls import path

from objects.gallery import feeds, views

urlpatterns = [
    path("", views.gallery, name="gallery"),
    path("feed/", feeds.Objects(), name="feed"),
    path("feed/<slug:category>/", feeds.Objects(), name="feed_of_category"),
    path("objects/<str:reference>/", views.trace_object, name="object"),
]
