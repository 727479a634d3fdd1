from django.urls import path

from guomen.faces.laboratory import reports, views

urlpatterns = [
    path("laboratory/", views.inbox, name="laboratory-inbox"),
    path("laboratory/reports/", reports.listing, name="laboratory-certificates"),
    path("laboratory/reports/<str:number>", reports.one, name="laboratory-certificate"),
    path("laboratory/reports/<str:number>/change", reports.change, name="laboratory-certificate-change"),
    path("laboratory/<str:number>/certificate", reports.draft, name="laboratory-certificate-draft"),
    path("laboratory/<str:number>", views.sample, name="laboratory-sample"),
    path("laboratory/<str:number>/receive", views.receive, name="laboratory-receive"),
    path("laboratory/<str:number>/results", views.results, name="laboratory-results"),
    path("laboratory/<str:number>/report", views.report, name="laboratory-report"),
]
