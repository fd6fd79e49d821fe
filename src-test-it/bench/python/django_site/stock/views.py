from django.shortcuts import render
from django_site.stock.models import Article


def page(request):
    """Reads the session, and two tables; the page is the same each time, so that the load can compare it."""
    articles = Article.objects.select_related("maker").filter(price__gt=100).order_by("name")[:20]
    context = {
        "customer": request.session["customer"],
        "basket": len(request.session["basket"]),
        "count": Article.objects.count(),
        "articles": articles,
    }
    return render(request, "stock/page.html", context)
