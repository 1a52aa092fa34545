"""The baseline of bench.intake: the same form as in Django's tutorial, in one file.

It has a ModelForm with one INSERT, ``.delay()`` after the commit and a rendered page, behind the middleware of
``django-admin startproject``. It has none of our checks: no limit, no proof of work, no receipt, no trap.
"""

from __future__ import annotations

import os

import django
from django.conf import settings

SKELETON = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<title>{% block title %}{% endblock %}</title></head><body><nav><a href="/">Objects</a></nav>
<main>{% block content %}{% endblock %}</main><footer>Never send us pictures of abuse.</footer></body></html>"""
THANKS = """{% extends "base.html" %}{% block title %}Thank you{% endblock %}{% block content %}
<h1>Thank you. Your message has arrived.</h1><p>Its number is {{ tip.pk }}.</p>{% endblock %}"""

if not settings.configured:
    settings.configure(
        SECRET_KEY="a baseline needs none",
        ALLOWED_HOSTS=["localhost"],
        ROOT_URLCONF="bench.plain_site",
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": os.environ["BENCH_DATABASE"],
                "USER": os.environ["BENCH_USER"],
                "HOST": os.environ["BENCH_HOST"],
                "CONN_MAX_AGE": 600,
            }
        },
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.messages",
        ],
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                    ],
                    "loaders": [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                (
                                    "django.template.loaders.locmem.Loader",
                                    {"base.html": SKELETON, "thanks.html": THANKS},
                                )
                            ],
                        )
                    ],
                },
            }
        ],
        USE_TZ=True,
    )
    django.setup()

from celery import Celery  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import models, transaction  # noqa: E402
from django.forms import ModelForm  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.shortcuts import render  # noqa: E402
from django.urls import path  # noqa: E402
from django.views.decorators.csrf import csrf_exempt  # noqa: E402

queue = Celery("plain", broker=os.environ["BENCH_BROKER"])
queue.conf.task_ignore_result = True
queue.conf.task_default_queue = "bench-plain"


@queue.task
def match(pk: int) -> None:
    """What a worker would do; none runs."""


class PlainTip(models.Model):
    object = models.CharField(max_length=20)
    text = models.TextField()
    country = models.CharField(max_length=2, blank=True)
    url = models.URLField(max_length=2000, blank=True)
    contact = models.CharField(max_length=254, blank=True)
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "bench"
        db_table = "bench_plain_tip"

    def __str__(self) -> str:
        return f"Tip {self.pk}"


class PlainForm(ModelForm):
    class Meta:
        model = PlainTip
        fields = ("text", "country", "url", "contact")


@csrf_exempt
def tip(request: HttpRequest, reference: str) -> HttpResponse:
    form = PlainForm(request.POST or None)
    if not form.is_valid():
        return HttpResponse(str(form), status=422 if form.is_bound else 200)
    form.instance.object = reference
    with transaction.atomic():
        saved = form.save()
        transaction.on_commit(lambda: match.delay(saved.pk))
    return render(request, "thanks.html", {"tip": saved})


urlpatterns = [path("objects/<str:reference>/tip/", tip)]
application = get_wsgi_application()
