"""Numbers and marks of trade that are not GS1's: containers, vehicles, firms, packagings, products and makers."""

from guomen.core.codes.ippc import IppcMark, parse_ippc_mark
from guomen.core.codes.iso6346 import container_check_digit, valid_container
from guomen.core.codes.registrations import (
    CccNumber,
    CosmeticsNumber,
    FireworksCode,
    MedicalNumber,
    parse_ccc,
    parse_classification_reference,
    parse_cosmetics,
    parse_fireworks_code,
    parse_food_maker,
    parse_medical,
)
from guomen.core.codes.un_packaging import PackagingMark, parse_packaging_mark
from guomen.core.codes.uscc import organisation_code_check_character, uscc_check_character, valid_uscc
from guomen.core.codes.vin import valid_vin, vin_check_character

__all__ = [
    "CccNumber",
    "CosmeticsNumber",
    "FireworksCode",
    "IppcMark",
    "MedicalNumber",
    "PackagingMark",
    "container_check_digit",
    "organisation_code_check_character",
    "parse_ccc",
    "parse_classification_reference",
    "parse_cosmetics",
    "parse_fireworks_code",
    "parse_food_maker",
    "parse_ippc_mark",
    "parse_medical",
    "parse_packaging_mark",
    "uscc_check_character",
    "valid_container",
    "valid_uscc",
    "valid_vin",
    "vin_check_character",
]
