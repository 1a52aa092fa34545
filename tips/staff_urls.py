"""What staff reach; in English alone."""

from django.urls import path

from tips.desk import views as desk
from tips.export import views as export

urlpatterns = [
    path("desk/", desk.desk, name="desk"),
    path("desk/<int:pk>/", desk.referral, name="referral"),
    path("desk/<int:pk>/acknowledge/", desk.acknowledge, name="acknowledge"),
    path("desk/<int:pk>/close/", desk.close, name="close"),
    path("desk/<int:pk>/contact/<int:tip_pk>/", desk.contact, name="referral_contact"),
    path("desk/<int:pk>/pictures/<int:picture_pk>/", desk.picture, name="referral_picture"),
    path("leads/", export.leads, name="leads"),
    path("leads/export.csv", export.leads_csv, name="leads_csv"),
]
