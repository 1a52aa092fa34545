"""What staff reach; in English alone."""

from django.urls import path

from tips.desk import views as desk
from tips.export import views as export
from tips.triage import safeguarding

urlpatterns = [
    path("desk/", desk.desk, name="desk"),
    path("desk/<int:pk>/", desk.referral, name="referral"),
    path("desk/<int:pk>/acknowledge/", desk.acknowledge, name="acknowledge"),
    path("desk/<int:pk>/close/", desk.close, name="close"),
    path("desk/<int:pk>/contact/<int:tip_pk>/", desk.contact, name="referral_contact"),
    path("desk/<int:pk>/pictures/<int:picture_pk>/", desk.picture, name="referral_picture"),
    path("desk/<int:pk>/uploads/<int:upload_pk>/", desk.upload, name="referral_upload"),
    path("desk/<int:pk>/uploads/<int:upload_pk>/place/", desk.place, name="referral_place"),
    path("locked/", safeguarding.locked, name="locked"),
    path("locked/<int:pk>/", safeguarding.take, name="take_locked"),
    path("leads/", export.leads, name="leads"),
    path("leads/export.csv", export.leads_csv, name="leads_csv"),
]
