"""What the public reaches; an address for each language."""

from django.urls import path

from tips.intake.form.views import tip
from tips.intake.receipt.views import receipt
from tips.intake.views import hotlines
from tips.results import views as results

urlpatterns = [
    path("objects/<str:reference>/tip/", tip, name="tip"),
    path("receipt/", receipt, name="receipt"),
    path("results/", results.results, name="results"),
    path("report/", hotlines, name="hotlines"),
]
