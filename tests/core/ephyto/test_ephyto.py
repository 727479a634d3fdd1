"""The message between countries: what is written is read back, what others send is read safely."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guomen.core.ephyto import EphytoError, Measure, Party, PhytoCertificate, Plants, Treatment, read, write

TREATED = Treatment(date(2026, 11, 20), Measure(Decimal(24), "HUR"), "Methyl bromide", "Fumigation; 48 g/m³; 21 °C")
BANANAS = Plants(
    "Bananas <fresh> & green", "Musa acuminata", "EC", Measure(Decimal("18400.5"), "KGM"), "El Oro", 1000, "CT",
    "0803901000", (TREATED,),
)  # fmt: skip
WHOLE = PhytoCertificate(
    number="18-2026-000007-QWERTY",
    issued_at=datetime(2026, 11, 26, 2, 0, tzinfo=UTC),
    issuer="Yangshan Port Authority",
    issued_in="Yangshan",
    exporter=Party("Green Fruit Co.", ("Av. 9 de Octubre", "Guayaquil")),
    consignee=Party("海港进口有限公司", ("上海",)),
    export_country="EC",
    import_country="CN",
    items=(BANANAS, replace(BANANAS, produce="Plantains", treatments=(), packages=None, package_kind="")),
    entry_point="Yangshan",
    mode="1",
    conveyance="EVER GIVEN 011E",
    marks="GF 1-1000",
    additional="Free from Fusarium wilt TR4.",
    page="https://guomen.example/certificates/18-2026-000007-QWERTY",
)


def test_what_is_written_is_read_back_to_the_same():
    assert read(write(WHOLE)) == WHOLE
    assert write(WHOLE) == write(read(write(WHOLE)))
    least = replace(WHOLE, items=(Plants("Wheat", "Triticum aestivum", "FR"),), entry_point="", mode="", conveyance="",
                    marks="", additional="", page="")  # fmt: skip
    assert read(write(least)) == least


@given(st.text(min_size=1, max_size=60))
def test_any_text_comes_back_or_is_refused(text):
    one = replace(WHOLE, additional=text)
    try:
        found = read(write(one)).additional
    except EphytoError:
        return
    except UnicodeEncodeError:
        assert any(0xD800 <= ord(c) < 0xE000 for c in text)
        return
    assert found == text.replace("\r\n", "\n").replace("\r", "\n").strip()


def test_the_message_is_the_schemas_in_its_order():
    text = write(WHOLE).decode()
    assert 'xmlns:rsm="urn:un:unece:uncefact:data:standard:SPSCertificate:17"' in text
    order = ["SPSExchangedDocument", "ram:TypeCode>851<", "ram:StatusCode>70<", "IssuerSPSParty", "IncludedSPSNote"]
    order += ["SignatorySPSAuthentication", "SPSConsignment", "ConsignorSPSParty", "ExportSPSCountry"]
    order += ["ImportSPSCountry", "UnloadingBaseportSPSLocation", "ExaminationSPSEvent", "MainCarriage"]
    order += ["IncludedSPSTradeLineItem", "ScientificName", "NetWeightMeasure", "ApplicableSPSClassification"]
    order += ["PhysicalSPSPackage", "OriginSPSCountry", "AppliedSPSProcess"]
    places = [text.index(word) for word in order]
    assert places == sorted(places)


def test_other_prefixes_and_releases_and_unknown_parts_are_read():
    text = (
        write(WHOLE)
        .decode()
        .replace("ram:", "r:")
        .replace("xmlns:ram", "xmlns:r")
        .replace("Certificate:17", "Certificate:24")
    )
    text = text.replace("<r:StatusCode>", "<r:CopyIndicator>false</r:CopyIndicator><r:StatusCode>")
    assert read(text.encode()) == WHOLE


CHANGES = {
    "no XML": lambda t: "hello",
    "another message": lambda t: t.replace("SPSCertificate", "Invoice"),
    "another namespace": lambda t: t.replace("uncefact:data:standard:SPSCertificate", "x"),
    "another kind": lambda t: t.replace(">851<", ">852<"),
    "no number": lambda t: t.replace("<ram:ID>18-2026-000007-QWERTY</ram:ID>", ""),
    "no country": lambda t: t.replace("<ram:ID>CN</ram:ID>", "<ram:ID>China</ram:ID>"),
    "no day": lambda t: t.replace("2026-11-26T02:00:00Z", "yesterday"),
    "no amount": lambda t: t.replace(">18400.5<", ">NaN<"),
    "too much": lambda t: t.replace(">18400.5<", ">1e999999<"),
    "half a package": lambda t: t.replace(">1000<", ">0.5<"),
    "nothing to certify": lambda t: t.replace("IncludedSPSTradeLineItem", "Nothing"),
    "a document type": lambda t: t.replace("?>", '?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>', 1),
    "an entity": lambda t: t.replace("Bananas", "&x;"),
    "deep": lambda t: t.replace("<rsm:SPSConsignment>", "<rsm:SPSConsignment>" + "<a>" * 100 + "</a>" * 100),
    "long": lambda t: t.replace("El Oro", "x" * 10_001),
    "cut off": lambda t: t[: len(t) // 2],
}


@pytest.mark.parametrize("what", list(CHANGES))
def test_what_is_wrong_is_refused_with_a_reason(what):
    with pytest.raises(EphytoError) as caught:
        read(CHANGES[what](write(WHOLE).decode()).encode())
    assert 5 < len(str(caught.value)) < 300


def test_great_size_is_refused_before_it_is_read():
    with pytest.raises(EphytoError):
        read(b" " * (9 << 20))
    text = write(WHOLE).decode()
    start, end = text.index("<ram:IncludedSPSTradeLineItem>"), text.rindex("</ram:IncludedSPSConsignmentItem>")
    with pytest.raises(EphytoError):
        read((text[:end] + text[start:end] * 501 + text[end:]).encode())
