from django.db import models


class Maker(models.Model):
    name = models.CharField(max_length=100)


class Article(models.Model):
    name = models.CharField(max_length=100)
    price = models.IntegerField()
    maker = models.ForeignKey(Maker, on_delete=models.CASCADE)
