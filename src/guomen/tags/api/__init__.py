"""Tags over HTTP: what a firm's system, a retailer's till and a buyer's page need."""

from guomen.tags.api import chips, labels, offline, orders, passes, selling  # noqa: F401 - each adds its operations
from guomen.tags.api.router import router
from guomen.tags.scans_api import router as scans_router

__all__ = ["router"]

# Scans and alarms: a room of its own.
router.add_router("", scans_router)
