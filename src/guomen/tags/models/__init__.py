"""Tags: ranges of serials, exceptions to them, and scans. Nothing is stored for an item that is merely on its way."""

from guomen.tags.models.chips import ChipFile, Encoding, EncodingHouse
from guomen.tags.models.items import Chip, ItemState, Sale
from guomen.tags.models.keys import KeyVersion
from guomen.tags.models.labels import LabelJob, LabelPart
from guomen.tags.models.offline import Dealer, SignedCode
from guomen.tags.models.published import Published, PublishedRecall
from guomen.tags.models.ranges import Activation, Range, RecalledBatch, Segment
from guomen.tags.models.scans import Alarm, Scan, ScanBatch, Seen, Traffic
from guomen.tags.models.selling import BondedMove, BondedStock, Claim, Parcel, ParcelItem
from guomen.tags.models.visitors import DailySalt, Tally

__all__ = [
    "Activation",
    "Alarm",
    "BondedMove",
    "BondedStock",
    "Chip",
    "ChipFile",
    "Claim",
    "DailySalt",
    "Dealer",
    "Encoding",
    "EncodingHouse",
    "ItemState",
    "KeyVersion",
    "LabelJob",
    "LabelPart",
    "Parcel",
    "ParcelItem",
    "Published",
    "PublishedRecall",
    "Range",
    "RecalledBatch",
    "Sale",
    "Scan",
    "ScanBatch",
    "Seen",
    "Segment",
    "SignedCode",
    "Tally",
    "Traffic",
]
