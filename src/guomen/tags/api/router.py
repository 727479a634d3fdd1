"""The router that the operations of tags are on."""

from ninja import Router

from guomen.parties.api import SIGNED_IN

router = Router(tags=["tags"], auth=SIGNED_IN)
