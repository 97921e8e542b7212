"""Where the club's pages are. `/supportive` is one of them; `/support` is the chat's."""

from __future__ import annotations

from django.urls import path
from django.views.generic import TemplateView

from app import views

urlpatterns = [
    path("", views.home, name="home"),
    path("outings", views.outings, name="outings"),
    path("results", views.results, name="results"),
    path("results.csv", views.table, name="table"),
    path("supportive", TemplateView.as_view(template_name="supportive.html"), name="supportive"),
    path("login", views.login, name="login"),
    path("logout", views.logout, name="logout"),
    path("club.css", views.style, name="style"),
    path("broken", views.broken),
]
