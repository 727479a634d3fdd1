"""The application of the scan path's own process: no pages of Django, and of the database what its role may read."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guomen.site.settings")

from django.conf import settings

# Whatever in this process would ask through Django has the scan path's few rights, too.
settings.DATABASES["default"].update(settings.EDGE_DATABASE)
django.setup()

from guomen.faces.edge.front import alone as application  # noqa: E402

__all__ = ["application"]
