"""Numbers and marks of trade that are not GS1's: containers, vehicles, firms in China, packagings."""

from guomen.core.codes.iso6346 import container_check_digit, valid_container
from guomen.core.codes.un_packaging import PackagingMark, parse_packaging_mark
from guomen.core.codes.uscc import organisation_code_check_character, uscc_check_character, valid_uscc
from guomen.core.codes.vin import valid_vin, vin_check_character

__all__ = [
    "PackagingMark",
    "container_check_digit",
    "organisation_code_check_character",
    "parse_packaging_mark",
    "uscc_check_character",
    "valid_container",
    "valid_uscc",
    "valid_vin",
    "vin_check_character",
]
