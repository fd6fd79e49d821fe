"""The pages of the reading list."""

from django.urls import path

from books import views

urlpatterns = [
    path("", views.shelf, name="shelf"),
    path("books/<int:number>/read", views.read, name="read"),
]
