"""GS1 identification: application identifiers, Digital Link, element strings, EPC URNs, check digits."""

from guomen.core.gs1.ai import (
    AIS,
    PRIMARY_KEYS,
    AIPair,
    ApplicationIdentifier,
    Component,
    ai_of,
    check_associations,
    check_value,
)
from guomen.core.gs1.checkdigit import (
    check_digit,
    check_pair,
    gtin14,
    printed_gtin,
    valid_check_digit,
    valid_gln,
    valid_gtin,
    valid_sscc,
)
from guomen.core.gs1.digital_link import GS1_BASE, DigitalLink, parse_digital_link, to_digital_link
from guomen.core.gs1.element_string import parse_element_string, to_element_string
from guomen.core.gs1.epc import digital_link_to_epc, epc_to_ais, epc_to_digital_link, plain_urn_path
from guomen.core.gs1.epc_binary import EPC_SCHEMES, digital_link_to_epc_hex, epc_hex_to_digital_link
from guomen.core.gs1.errors import GS1Error
from guomen.core.gs1.identity import canonical, item_key, known_item, known_items
from guomen.core.gs1.linters import NAMES as LINTERS
from guomen.core.gs1.linters import lint
from guomen.core.gs1.linters.base import GcpLookup
from guomen.core.gs1.prefixes import company_prefix_length

__all__ = [
    "AIS",
    "EPC_SCHEMES",
    "GS1_BASE",
    "LINTERS",
    "PRIMARY_KEYS",
    "AIPair",
    "ApplicationIdentifier",
    "Component",
    "DigitalLink",
    "GS1Error",
    "GcpLookup",
    "ai_of",
    "canonical",
    "check_associations",
    "check_digit",
    "check_pair",
    "check_value",
    "company_prefix_length",
    "digital_link_to_epc",
    "digital_link_to_epc_hex",
    "epc_hex_to_digital_link",
    "epc_to_ais",
    "epc_to_digital_link",
    "gtin14",
    "item_key",
    "known_item",
    "known_items",
    "lint",
    "parse_digital_link",
    "parse_element_string",
    "plain_urn_path",
    "printed_gtin",
    "to_digital_link",
    "to_element_string",
    "valid_check_digit",
    "valid_gln",
    "valid_gtin",
    "valid_sscc",
]
