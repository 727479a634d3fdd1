"""Published numbers, and one changed character in each."""

import pytest

from guomen.core.codes import (
    organisation_code_check_character,
    valid_container,
    valid_uscc,
    valid_vin,
    vin_check_character,
)


@pytest.mark.parametrize("number", ["CSQU3054383", "HLXU2008419", "TOLU4734787"])
def test_it_accepts_published_container_numbers(number: str) -> None:
    assert valid_container(number)


@pytest.mark.parametrize("number", ["CSQU3054384", "CSQU305438", "csqu3054383", "CSQX3054383", "CSQU3O54383", ""])
def test_it_refuses_container_numbers_with_one_thing_wrong(number: str) -> None:
    assert not valid_container(number)


@pytest.mark.parametrize("vin", ["WDBEA30D3HA391172", "1M8GDM9AXKP042788", "11111111111111111"])
def test_it_accepts_published_vehicle_numbers(vin: str) -> None:
    assert valid_vin(vin)


@pytest.mark.parametrize("vin", ["WDBEA30D4HA391172", "1M8GDM9A0KP042788", "IM8GDM9AXKP042788", "1M8GDM9AXKP04278"])
def test_it_refuses_vehicle_numbers_with_one_thing_wrong(vin: str) -> None:
    assert not valid_vin(vin)


def test_it_says_which_check_character_a_vehicle_number_needs() -> None:
    assert vin_check_character("1M8GDM9A0KP042788") == "X"
    with pytest.raises(ValueError, match="17 characters"):
        vin_check_character("1M8")


@pytest.mark.parametrize("code", ["91350100M000100Y43", "91110000600037341L", "914403001922038216"])
def test_it_accepts_published_social_credit_codes(code: str) -> None:
    assert valid_uscc(code)


@pytest.mark.parametrize(
    "code", ["91350100M000100Y44", "91350100M000100Y4", "9135O100M000100Y43", "91350100m000100y43"]
)
def test_it_refuses_social_credit_codes_with_one_thing_wrong(code: str) -> None:
    assert not valid_uscc(code)


def test_it_finds_the_organisation_code_inside_a_social_credit_code() -> None:
    assert organisation_code_check_character("60003734") == "1"
    assert organisation_code_check_character("19220382") == "1"
