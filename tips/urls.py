"""What the public reaches; an address for each language."""

from django.urls import path

from tips.intake.form import views as intake
from tips.results import views as results

urlpatterns = [
    path("objects/<str:reference>/tip/", intake.tip, name="tip"),
    path("receipt/", intake.receipt, name="receipt"),
    path("results/", results.results, name="results"),
    path("report/", intake.hotlines, name="hotlines"),
]
