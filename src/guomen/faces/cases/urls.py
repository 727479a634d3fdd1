from django.urls import path

from guomen.faces.cases import views

urlpatterns = [
    path("cases/", views.index, name="cases"),
    path("cases/<str:number>", views.one, name="cases-one"),
]
