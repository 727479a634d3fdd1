from django.urls import path

from guomen.faces.portal import declare, links, notices, products, tagging, views

urlpatterns = [
    path("portal/", views.home, name="portal"),
    path("portal/declare/", declare.start, name="portal-declare"),
    path("portal/declare/<uuid:draft>/", declare.tasks, name="portal-draft"),
    path("portal/declare/<uuid:draft>/goods/<int:index>/", declare.goods, name="portal-goods"),
    path("portal/declare/<uuid:draft>/goods/<int:index>/remove", declare.remove_goods, name="portal-goods-remove"),
    path("portal/declare/<uuid:draft>/documents/", declare.documents, name="portal-documents"),
    path("portal/declare/<uuid:draft>/documents/<int:index>/remove", declare.remove_document, name="portal-unattach"),
    path("portal/declare/<uuid:draft>/send", declare.send, name="portal-send"),
    path("portal/declare/<uuid:draft>/<str:key>/", declare.section, name="portal-section"),
    path("portal/declarations/<str:number>/", views.declaration, name="portal-declaration"),
    path("portal/declarations/<str:number>/documents/<str:sha256>.pdf", views.document, name="portal-document"),
    path("portal/declarations/<str:number>/<int:line>/tags/", tagging.order_tags, name="portal-order-tags"),
    path("portal/tags/", tagging.tags, name="portal-tags"),
    path("portal/tags/<str:code>.<str:kind>", tagging.labels, name="portal-labels"),
    path("portal/sell/", tagging.sell, name="portal-sell"),
    path("portal/products/", products.listing, name="portal-products"),
    path("portal/products/add/", products.add, name="portal-product-add"),
    path("portal/products/<str:gtin>/links/", links.listing, name="portal-links"),
    path("portal/products/<str:gtin>/links/add/", links.edit, name="portal-link-add"),
    path("portal/products/<str:gtin>/links/<uuid:link>/", links.edit, name="portal-link"),
    path("products/<str:gtin>/picture", products.picture, name="product-picture"),
    path("portal/notices/", notices.listing, name="portal-notices"),
    path("portal/notices/<uuid:notice>/", notices.acknowledge, name="portal-acknowledge"),
]
