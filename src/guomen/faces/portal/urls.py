from django.urls import path

from guomen.faces.portal import declare, views

urlpatterns = [
    path("portal/", views.home, name="portal"),
    path("portal/declare/", declare.start, name="portal-declare"),
    path("portal/declare/<uuid:draft>/", declare.tasks, name="portal-draft"),
    path("portal/declare/<uuid:draft>/goods/<int:index>/", declare.goods, name="portal-goods"),
    path("portal/declare/<uuid:draft>/goods/<int:index>/remove", declare.remove_goods, name="portal-goods-remove"),
    path("portal/declare/<uuid:draft>/documents/", declare.documents, name="portal-documents"),
    path("portal/declare/<uuid:draft>/send", declare.send, name="portal-send"),
    path("portal/declare/<uuid:draft>/<str:key>/", declare.section, name="portal-section"),
    path("portal/declarations/<str:number>/", views.declaration, name="portal-declaration"),
    path("portal/declarations/<str:number>/<int:line>/tags/", views.order_tags, name="portal-order-tags"),
    path("portal/tags/", views.tags, name="portal-tags"),
    path("portal/tags/<str:code>.<str:kind>", views.labels, name="portal-labels"),
    path("portal/sell/", views.sell, name="portal-sell"),
    path("portal/notices/", views.notices, name="portal-notices"),
    path("portal/notices/<uuid:notice>/", views.acknowledge, name="portal-acknowledge"),
]
