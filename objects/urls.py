from django.urls import path

from objects import views

urlpatterns = [
    path("", views.gallery, name="gallery"),
    path("objects/<str:reference>/", views.trace_object, name="object"),
]
