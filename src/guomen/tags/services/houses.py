"""Encoding houses: approved by the authority with their public key, named by firms for ranges."""

import json
import warnings
from typing import Any

from django.db import transaction
from joserfc.errors import JoseError
from joserfc.jwk import import_key

from guomen.kit.clock import now
from guomen.kit.errors import Invalid, NotFound, Problem
from guomen.kit.ids import Subject
from guomen.kit.words import W
from guomen.ledger.services import append
from guomen.parties.actors import Actor
from guomen.parties.models import Organisation
from guomen.tags import encoding, queries
from guomen.tags.models import Encoding, EncodingHouse

_CURVES = {"P-256", "P-384", "P-521", "X25519"}
_RSA_BITS = 2048
_LONGEST = 8000


@transaction.atomic
def approve_house(by: Actor, organisation_code: str, key: str) -> EncodingHouse:
    """Trust an organisation to write chips. ``key``: its public key, as JWK or PEM; a new one replaces the old.

    Controllers. Raises NotFound, Invalid for a key that cannot wrap, and for a private one.
    """
    by.require("controller")
    organisation = Organisation.objects.filter(code=organisation_code).first()
    if organisation is None:
        raise NotFound
    public, thumbprint = _public(key)
    before = EncodingHouse.objects.select_for_update().filter(organisation=organisation).first()
    if before and before.ended_at is None and before.thumbprint == thumbprint:
        return before
    made = EncodingHouse(organisation=organisation, key=public, thumbprint=thumbprint, since=now(), ended_at=None)
    made.save(force_update=before is not None)
    append("encoding-house.approved", [Subject.of("party", organisation.id)], {"key": thumbprint}, by)
    return made


def _public(text: str) -> tuple[dict[str, Any], str]:
    try:
        with warnings.catch_warnings():
            # It warns of short RSA keys, which are refused below.
            warnings.simplefilter("ignore")
            key = import_key(json.loads(text) if text.strip().startswith("{") else text.strip())
    except (JoseError, ValueError, TypeError, KeyError) as error:
        # Not the library's own words: they may quote the key.
        del error
        key = None
    if key is None or len(text) > _LONGEST:
        words = W("Give a public key as JWK or PEM.", "请提供 JWK 或 PEM 格式的公钥。")
        raise Invalid([Problem("key", "not-a-key", words)])
    if key.key_type != "oct" and key.is_private:
        words = W(
            "This is a private key. Do not send it to anybody, make a new pair, and send its public half.",
            "这是私钥。请勿发送给任何人；请重新生成密钥对，只发送公钥。",
        )
        raise Invalid([Problem("key", "private-key", words)])
    told = dict(key.as_dict(private=False)) if key.key_type != "oct" else {}
    fits = told.get("crv") in _CURVES or (key.key_type == "RSA" and key.public_key.key_size >= _RSA_BITS)
    if not fits:
        words = W(
            "Use a key on P-256, P-384, P-521 or X25519, or RSA of 2048 bits or more.",
            "请使用 P-256、P-384、P-521、X25519 或不少于 2048 位的 RSA 密钥。",
        )
        raise Invalid([Problem("key", "wrong-key", words)])
    return told, str(key.thumbprint())


@transaction.atomic
def withdraw_house(by: Actor, organisation_code: str, reason: str) -> None:
    """Trust a house no longer: it gets no keys from now on. Controllers. Raises NotFound, Invalid without a reason."""
    by.require("controller")
    found = (
        EncodingHouse.objects.select_for_update().filter(organisation__code=organisation_code, ended_at=None).first()
    )
    if found is None:
        raise NotFound
    if not 3 <= len(reason.strip()) <= 300:
        words = W("Say why, in 3 to 300 characters.", "请用 3 至 300 个字符说明原因。")
        raise Invalid([Problem("reason", "no-reason", words)])
    found.ended_at = now()
    found.save()
    facts = {"key": found.thumbprint, "reason": reason}
    append("encoding-house.withdrawn", [Subject.of("party", found.organisation_id)], facts, by)


@transaction.atomic
def name_house(by: Actor, code: str, organisation_code: str) -> Organisation:
    """Let an approved house write the chips of a range: it sees and registers them from now on, nobody before it does.

    Declarants and programs with the scope ``tags`` of the range's firm. Raises NotFound, Invalid for a house that is
    not approved.
    """
    by.require("declarant", "tags")
    one = queries.range_by_code(by, code)
    if one.organisation_id != by.organisation_id:
        raise NotFound
    house = Organisation.objects.filter(code=organisation_code).first()
    if house is None or encoding.approved(house) is None:
        words = W("This is no approved encoding house.", "该单位不是已批准的写码单位。")
        raise Invalid([Problem("house", "not-approved", words)])
    before = encoding.house_of(one)
    if before is None or before.id != house.id:
        Encoding.objects.update_or_create(range_number=one.number, defaults={"house": house, "since": now()})
        about = [Subject.of("range", one.code), Subject.of("party", house.id)]
        append("encoding.assigned", about, {"range": one.code}, by)
    return house
