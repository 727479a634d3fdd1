"""Numbers of trade that are not GS1's and carry a check character: containers, vehicles, firms in China."""

from guomen.core.codes.iso6346 import container_check_digit, valid_container
from guomen.core.codes.uscc import organisation_code_check_character, uscc_check_character, valid_uscc
from guomen.core.codes.vin import valid_vin, vin_check_character

__all__ = [
    "container_check_digit",
    "organisation_code_check_character",
    "uscc_check_character",
    "valid_container",
    "valid_uscc",
    "valid_vin",
    "vin_check_character",
]
