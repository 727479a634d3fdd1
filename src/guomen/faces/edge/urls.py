from django.urls import path, register_converter
from django.urls.converters import StringConverter

from guomen.core.gs1 import PRIMARY_KEYS
from guomen.faces.edge import views


class DigitalLink(StringConverter):
    """A path that begins with a GS1 primary key; whether the rest is right, the resolver says."""

    regex = rf"(?:{'|'.join(sorted(PRIMARY_KEYS))})/.*"


register_converter(DigitalLink, "digital_link")

urlpatterns = [
    path("<digital_link:thing>", views.resolve, name="resolve"),
    path(".well-known/gs1resolver", views.description, name="resolver-description"),
]
