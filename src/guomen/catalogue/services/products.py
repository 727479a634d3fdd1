"""Products: registered once, under their GTIN."""

from django.db import transaction

from guomen.catalogue import codes
from guomen.catalogue.models import Product
from guomen.core.gs1 import canonical, gtin14, valid_gtin
from guomen.kit import blobs
from guomen.kit.errors import Invalid, Problem, Refused
from guomen.kit.pictures import image_kind
from guomen.kit.words import W
from guomen.ledger.services import append
from guomen.parties.actors import Actor

FIELDS = (
    "gtin",
    "name_en",
    "name_zh",
    "brand",
    "hs_code",
    "maker_name",
    "maker_country",
    "description_en",
    "description_zh",
    "image",
)
_REQUIRED = ("name_en", "name_zh", "maker_name")


MAX_PICTURE = 4 * 1024 * 1024


def keep_picture(by: Actor, content: bytes) -> str:
    """Store a product's picture (PNG, JPEG or WebP, at most 4 MB); the value for ``image``. Raises Invalid."""
    by.require("declarant")
    if len(content) > MAX_PICTURE:
        raise Invalid([Problem("image", "too-large", W("Use a picture of at most 4 MB.", "图片不得超过 4 MB。"))])
    if not image_kind(content):
        words = W("Use a PNG, JPEG or WebP picture.", "请使用 PNG、JPEG 或 WebP 格式的图片。")
        raise Invalid([Problem("image", "not-a-picture", words)])
    return blobs.put(content)


def _problems(fields: dict[str, str]) -> list[Problem]:
    found = []
    if not valid_gtin(fields["gtin"]):
        words = W("This GTIN is not valid: check its last digit.", "GTIN 无效：请核对最后一位校验码。")
        found.append(Problem("gtin", "bad-check-digit", words))
    for name in _REQUIRED:
        if not fields[name]:
            found.append(Problem(name, "missing", W("Fill in this field.", "请填写此项。")))
    for name, table in (("hs_code", "hs"), ("maker_country", "country")):
        if fields[name] not in codes.table(table):
            found.append(Problem(name, "unknown-code", W("This code is not in the table.", "代码表中没有此代码。")))
    return found


@transaction.atomic
def register_product(by: Actor, **given: str) -> Product:
    """Register a product; registering it again by the same organisation changes nothing and returns it.

    Raises Invalid naming the fields, Refused when another organisation registered this GTIN.
    """
    by.require("declarant")
    unknown = set(given) - set(FIELDS)
    if unknown:
        raise TypeError(f"unknown product fields: {', '.join(sorted(unknown))}")
    fields = {name: given.get(name, "").strip() for name in FIELDS}
    if problems := _problems(fields):
        raise Invalid(problems)
    fields["gtin"] = gtin14(fields["gtin"])
    product, is_new = Product.objects.get_or_create(
        gtin=fields["gtin"], defaults=fields | {"organisation": by.organisation}
    )
    if product.organisation_id != by.organisation_id:
        raise Refused(W("Another firm registered this GTIN.", "该 GTIN 已由其他企业登记。"), code="gtin-taken")
    if is_new:
        shown = ("gtin", "hs_code", "maker_name", "maker_country")
        facts = {k: fields[k] for k in shown} | {"name": W(fields["name_en"], fields["name_zh"])}
        append("product.registered", [canonical(f"https://id.gs1.org/01/{product.gtin}")], facts, by)
    return product
