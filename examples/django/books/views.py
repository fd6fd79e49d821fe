"""The pages of the reading list."""

from django.contrib import messages
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from books.models import Book


class BookForm(ModelForm):
    class Meta:
        model = Book
        fields = ["title", "author"]


@require_http_methods(["GET", "HEAD", "POST"])
def shelf(request: HttpRequest) -> HttpResponse:
    form = BookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        messages.success(request, f"“{form.save().title}” is on the shelf.")
        return redirect("shelf")
    return render(request, "books/shelf.html", {"form": form, "books": Book.objects.all()})


@require_POST
def read(request: HttpRequest, number: int) -> HttpResponse:
    book = get_object_or_404(Book, pk=number)
    book.is_read = not book.is_read
    book.save()
    return redirect("shelf")
