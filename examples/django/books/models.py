"""The books on the shelf."""

from django.db import models


class Book(models.Model):
    title = models.CharField(max_length=200)
    author = models.CharField(max_length=200)
    is_read = models.BooleanField("read", default=False)
    added = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["is_read", "-added"]
        constraints = [models.UniqueConstraint(fields=["title", "author"], name="one_copy_of_each")]

    def __str__(self) -> str:
        return f"{self.title} by {self.author}"
