from django.urls import path

from guomen.faces.laboratory import views

urlpatterns = [
    path("laboratory/", views.inbox, name="laboratory-inbox"),
    path("laboratory/<str:number>", views.sample, name="laboratory-sample"),
    path("laboratory/<str:number>/receive", views.receive, name="laboratory-receive"),
    path("laboratory/<str:number>/results", views.results, name="laboratory-results"),
    path("laboratory/<str:number>/report", views.report, name="laboratory-report"),
]
