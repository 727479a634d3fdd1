"""Core Business Vocabulary 2.0: the standard names and their three spellings.

A name is written bare in JSON (`shipping`), as a web URI (`https://ref.gs1.org/cbv/BizStep-shipping`) or, in
EPCIS 1.2 and XML, as a URN (`urn:epcglobal:cbv:bizstep:shipping`). Source: CBV 2.0 sections 7.1 to 7.6.
"""

from __future__ import annotations

from typing import NamedTuple

CBV = "https://ref.gs1.org/cbv/"
GS1_VOC = "https://gs1.org/voc/"
CBVMDA = "urn:epcglobal:cbv:mda"
"""The namespace of CBV's master data attributes (lot number, expiration date, …), as XML declares it."""


class Vocabulary(NamedTuple):
    """A CBV vocabulary: the prefix of its web URIs, of its URNs, and its names."""

    web: str
    urn: str
    names: frozenset[str]


def _vocabulary(web: str, urn: str, names: str) -> Vocabulary:
    return Vocabulary(f"{CBV}{web}-", f"urn:epcglobal:cbv:{urn}:", frozenset(names.split()))


BIZ_STEP = _vocabulary(
    "BizStep",
    "bizstep",
    """accepting arriving assembling collecting commissioning consigning creating_class_instance cycle_counting
    decommissioning departing destroying disassembling dispensing encoding entering_exiting holding inspecting
    installing killing loading other packing picking receiving removing repackaging repairing replacing reserving
    retail_selling sampling sensor_reporting shipping staging_outbound stock_taking stocking storing transporting
    unloading unpacking void_shipping""",
)
DISPOSITION = _vocabulary(
    "Disp",
    "disp",
    """active available completeness_inferred completeness_verified conformant container_closed container_open
    damaged destroyed dispensed disposed encoded expired in_progress in_transit inactive mismatch_class
    mismatch_instance mismatch_quantity needs_replacement no_pedigree_match non_conformant non_sellable_other
    partially_dispensed recalled reserved retail_sold returned sellable_accessible sellable_not_accessible stolen
    unavailable unknown""",
)
BIZ_TRANSACTION_TYPE = _vocabulary(
    "BTT", "btt", "bol cert desadv inv pedigree po poc prodorder recadv rma testprd testres upevt"
)
SOURCE_DEST_TYPE = _vocabulary("SDT", "sdt", "location owning_party possessing_party")
ERROR_REASON = _vocabulary("ER", "er", "did_not_occur incorrect_data")
SENSOR_COMPONENT = _vocabulary(
    "Comp",
    "comp",
    """x y z axial_distance azimuth height spherical_radius polar_angle elevation_angle easting northing latitude
    longitude altitude""",
)


def web_uri(vocabulary: Vocabulary, value: str) -> str:
    """A value in its web-URI spelling. A value outside the vocabulary comes back as it is."""
    if value in vocabulary.names:
        return vocabulary.web + value
    name = value.removeprefix(vocabulary.urn)
    return vocabulary.web + name if name != value else value


def urn(vocabulary: Vocabulary, value: str) -> str:
    """A value in the URN spelling of EPCIS 1.2. A value outside the vocabulary comes back as it is."""
    name = bare_name(vocabulary, value)
    return vocabulary.urn + name if name in vocabulary.names else value


def bare_name(vocabulary: Vocabulary, value: str) -> str:
    """A value in its bare spelling when it is of the vocabulary, else as it is."""
    for prefix in (vocabulary.web, vocabulary.urn):
        name = value.removeprefix(prefix)
        if name in vocabulary.names:
            return name
    return value
