from django.urls import path
from django_site.stock import views

urlpatterns = [path("page", views.page)]
