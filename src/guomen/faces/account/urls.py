from django.urls import path

from guomen.faces.account import views

urlpatterns = [
    path("account/", views.overview, name="account"),
    path("account/tokens", views.issue, name="account_token_issue"),
    path("account/tokens/<uuid:id>/revoke", views.revoke, name="account_token_revoke"),
]
