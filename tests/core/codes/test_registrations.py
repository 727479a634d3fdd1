"""Numbers of products and makers: the published forms are read, everything near them is not."""

import pytest

from guomen.core import codes


@pytest.mark.parametrize(
    ("number", "device_class", "origin", "year"),
    [
        ("国械注进20183210123", 3, "进", 2018),
        ("国械注许20212220045", 2, "许", 2021),
        (" 国械注准 2022340 0123", 3, "准", 2022),
        ("国械备20190123号", 1, "", 2019),
    ],
)
def test_a_medical_device_says_its_class_and_its_first_year(
    number: str, device_class: int, origin: str, year: int
) -> None:
    found = codes.parse_medical(number)
    assert (found.device_class, found.origin, found.year) == (device_class, origin, year)


@pytest.mark.parametrize("number", ["国械注进20181210123", "国械注进2018321012", "国械注进", "CN-1", "国械备2019"])
def test_no_other_class_and_no_shorter_number_is_a_medical_device(number: str) -> None:
    with pytest.raises(ValueError, match="medical device"):
        codes.parse_medical(number)


@pytest.mark.parametrize(
    ("number", "special", "origin", "year", "province"),
    [
        ("国妆特进字20212345", True, "进", 2021, ""),
        ("国妆特进字J20191234", True, "进", 2019, ""),
        ("国妆特制字20220001", True, "制", 2022, ""),
        ("国妆网备进字（沪）2023001234", False, "进", 2023, "沪"),
        ("国妆网备进字(粤)2024123456", False, "进", 2024, "粤"),
        ("国妆备进字J20181234", False, "进", 2018, ""),
    ],
)
def test_cosmetics_are_registered_or_filed(number: str, special: bool, origin: str, year: int, province: str) -> None:
    found = codes.parse_cosmetics(number)
    assert (found.special, found.origin, found.year, found.province) == (special, origin, year, province)


@pytest.mark.parametrize("number", ["国妆网备进字(沪)202300123", "沪G妆网备字2023001234", "国妆特进字123", ""])
def test_a_filing_of_goods_made_here_is_none_of_an_import(number: str) -> None:
    with pytest.raises(ValueError, match="cosmetics"):
        codes.parse_cosmetics(number)


def test_a_ccc_number_fits_goods_of_its_category_only() -> None:
    car, toy = codes.parse_ccc("2020011101234567"), codes.parse_ccc("2021012201234567")
    assert (car.year, car.body, car.category, car.serial) == (2020, "01", "1101", "234567")
    assert (car.fits("8703236110"), car.fits("9503008900")) == (True, False)
    assert (toy.fits("9503008900"), toy.fits("8703236110")) == (True, False)
    with pytest.raises(ValueError, match="CCC"):
        codes.parse_ccc("202001110123456")


def test_makers_of_food_and_of_fireworks_have_codes() -> None:
    assert codes.parse_food_maker("CNZL06030101010001") == ("NZL", "06030101010001")
    found = codes.parse_fireworks_code("43F0001/12-26")
    assert (found.region, found.enterprise, found.batch, found.year) == ("43", "0001", "12", "26")
    for parse, wrong in ((codes.parse_food_maker, "CNZ06030101010001"), (codes.parse_fireworks_code, "43L001")):
        with pytest.raises(ValueError, match="not"):
            parse(wrong)


def test_fireworks_by_sea_name_state_authority_and_serial() -> None:
    assert codes.parse_classification_reference("ind/ dgs 01234") == ("IND", "DGS", "01234")
    with pytest.raises(ValueError, match="reference"):
        codes.parse_classification_reference("01234")


def test_the_mark_of_wood_packaging_names_country_producer_and_treatment() -> None:
    found = codes.parse_ippc_mark("cn-031 ht")
    assert (found.country, found.producer, found.treatment) == ("CN", "031", "HT")
    assert codes.parse_ippc_mark("SE 0123 MB DB").treatment == "MB"
    for wrong in ("CN-031", "CN-031 KD", "031 HT"):
        with pytest.raises(ValueError, match="ISPM 15"):
            codes.parse_ippc_mark(wrong)
