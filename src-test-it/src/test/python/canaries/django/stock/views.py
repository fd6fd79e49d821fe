"""What Django's documentation shows, used as it says."""

import hashlib
import io

import gate
from django.contrib import messages
from django.db import connection, transaction
from django.http import FileResponse, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import condition, require_POST

from .models import Document


def index(request):
    return render(request, "stock/index.html", {"documents": Document.objects.order_by("pk")})


def echo(request, rest):
    return JsonResponse(
        {
            "rest": rest,
            "path": request.path,
            "info": request.path_info,
            "full": request.get_full_path(),
            "query": dict(request.GET.lists()),
            "method": request.method,
            "header": request.headers.get("X-Canary"),
        }
    )


def links(request):
    return JsonResponse(
        {
            "reverse": reverse("stock:echo", kwargs={"rest": "a b/ä"}),
            "absolute": request.build_absolute_uri(reverse("stock:index")),
            "here": request.build_absolute_uri(),
            "host": request.get_host(),
            "secure": request.is_secure(),
        }
    )


@require_POST
def add(request):
    """A form with a file; Django writes what is above 2.5 MB to the disk while it reads."""
    upload = request.FILES["scan"]
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    document = Document.objects.create(title=request.POST["title"], scan=upload)
    messages.success(request, f"{document.title}: {upload.size} bytes, {digest.hexdigest()}")
    return redirect("stock:index")


@csrf_exempt
@require_POST
def receive(request):
    """A form of any kind, from a client that is no browser."""
    return JsonResponse(
        {
            "fields": request.POST.dict(),
            "files": {name: file.size for name, file in request.FILES.items()},
            "length": request.META.get("CONTENT_LENGTH"),
        }
    )


@csrf_exempt
def raw(request):
    return JsonResponse({"size": len(request.body), "sha256": hashlib.sha256(request.body).hexdigest()})


def scan(request, number):
    return FileResponse(get_object_or_404(Document, pk=number).scan.open("rb"))


def download(request, number):
    document = get_object_or_404(Document, pk=number)
    return FileResponse(document.scan.open("rb"), as_attachment=True, filename=document.title + ".pdf")


def memory(request):
    return FileResponse(io.BytesIO(b"from memory"), filename="memory.txt")


def stream(request):
    def pieces():
        yield "first\n"
        gate.wait(request.GET["gate"])
        yield "second\n"

    return StreamingHttpResponse(pieces(), content_type="text/plain")


def boom(request):
    """The transaction must not be seen by anybody afterwards."""
    with transaction.atomic():
        Document.objects.create(title="never", scan="never")
        raise RuntimeError("the kettle has exploded")


@condition(etag_func=lambda request: '"%d"' % Document.objects.count())
def count(request):
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from stock_document")
        return HttpResponse(str(cursor.fetchone()[0]))
