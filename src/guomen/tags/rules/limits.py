"""The numbers of the copy rules; a versioned file holds them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CopyLimits:
    """When scans speak for copies. What each number means stands beside it in ``data/rulepack/<version>/tags.toml``."""

    version: str
    distance_km: int
    speed_kmh: int
    phones_in_a_day: int
    phones_in_one_place: int
    phones_in_all: int
    cities: int
    far_apart: int
    after_sale_phones: int
    after_sale_cities: int
    before_release_phones: int
    after_end_phones: int
    after_end_hours: int
    outside_market_phones: int
    outside_market_cities: int
    replayed_phones: int
    skipped_taps: int
    counter_gap: int
    swept_items: int
    guessed_codes: int
    claims_refused: int
    data_items: int
