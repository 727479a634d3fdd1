"""The linters of the GS1 Barcode Syntax Dictionary: one small function per name, GS1Error when it objects."""

from __future__ import annotations

from guomen.core.gs1.errors import GS1Error
from guomen.core.gs1.linters import charset, codelists, coupon, keys, times
from guomen.core.gs1.linters.base import GcpLookup, Linter, fail

PLAIN: dict[str, Linter] = {
    function.__name__: function
    for function in (
        charset.cset39, charset.cset64, charset.cset82, charset.csetnumeric, charset.hasnondigit,
        charset.hyphen, charset.importeridx, charset.nonzero, charset.nozeroprefix, charset.pcenc,
        charset.zero, codelists.iso3166, codelists.iso3166999, codelists.iso3166alpha2,
        codelists.iso4217, codelists.iso5218, codelists.mediatype, codelists.packagetype,
        codelists.winding, codelists.yesno, keys.csum, keys.csumalpha, keys.iban, keys.latitude,
        keys.longitude, keys.pieceoftotal, keys.posinseqslash, times.hh, times.hhmi, times.mi,
        times.ss, times.yymmd0, times.yymmdd, times.yyyymmd0, times.yyyymmdd,
    )
}  # fmt: skip


def _gcppos2(value: str, lookup: GcpLookup | None) -> None:
    """A company prefix after one indicator or extension digit."""
    if len(value) < 2:
        raise fail("TOO_SHORT_FOR_GCP", 0, len(value))
    try:
        keys.company_prefix(value[1:], lookup)
    except GS1Error as error:
        raise error.shifted(1) from None


ASKING = {
    "gcppos1": keys.company_prefix,
    "gcppos2": _gcppos2,
    "couponcode": coupon.couponcode,
    "couponposoffer": coupon.couponposoffer,
}
"""Linters that can ask whether a company prefix is allocated."""

NAMES = frozenset(PLAIN) | frozenset(ASKING)


def lint(name: str, value: str, gcp_lookup: GcpLookup | None = None) -> None:
    """Apply the linter `name` to one component's value. GS1Error with code and span; KeyError: no such linter."""
    plain = PLAIN.get(name)
    if plain is not None:
        plain(value)
    else:
        ASKING[name](value, gcp_lookup)
