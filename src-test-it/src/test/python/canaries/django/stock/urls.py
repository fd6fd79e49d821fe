from django.urls import path

from . import views

app_name = "stock"
urlpatterns = [
    path("", views.index, name="index"),
    path("echo/<path:rest>", views.echo, name="echo"),
    path("links", views.links, name="links"),
    path("add", views.add, name="add"),
    path("receive", views.receive, name="receive"),
    path("raw", views.raw, name="raw"),
    path("scan/<int:number>", views.scan, name="scan"),
    path("scan/<int:number>/download", views.download, name="download"),
    path("stream", views.stream, name="stream"),
    path("memory", views.memory, name="memory"),
    path("boom", views.boom, name="boom"),
    path("count", views.count, name="count"),
]
