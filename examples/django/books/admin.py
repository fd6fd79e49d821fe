"""The books in the admin."""

from django.contrib import admin

from books.models import Book


@admin.register(Book)
class BookAdmin(admin.ModelAdmin):
    list_display = ["title", "author", "is_read", "added"]
    list_editable = ["is_read"]
    list_filter = ["is_read"]
    search_fields = ["title", "author"]
