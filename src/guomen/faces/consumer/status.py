"""Status lists of tags at their public addresses (IETF Token Status List, section 8).

They are fetched whole, so that nobody learns whose state was asked for.
"""

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from guomen.core.credentials.statuslist import CWT_TYPE, JWT_TYPE
from guomen.faces.consumer.forms import only_now, published
from guomen.kit.clock import now
from guomen.tags.services import statuses


@require_safe
def status_list(request: HttpRequest, name: str) -> HttpResponse:
    """A list as CWT or JWT, as ``Accept`` says; CWT without a word."""
    only_now(request)
    form, media_type = ("jwt", JWT_TYPE) if _wants_jwt(request) else ("cwt", CWT_TYPE)
    left = statuses.TTL - int(now().timestamp()) % statuses.TTL
    answer = published(request, statuses.published(name, form), media_type, left)
    patch_vary_headers(answer, ["Accept"])
    return answer


def _wants_jwt(request: HttpRequest) -> bool:
    return request.get_preferred_type([CWT_TYPE, JWT_TYPE]) == JWT_TYPE
