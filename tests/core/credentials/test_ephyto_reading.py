"""Electronic phytosanitary certificates as countries' systems write them, and what is none."""

from datetime import UTC, datetime

import pytest

from guomen.core.credentials import CredentialError, ephyto

DOCUMENT = """<?xml version="1.0" encoding="UTF-8"?>
<rsm:SPSCertificate
 xmlns:rsm="urn:un:unece:uncefact:data:standard:SPSCertificate:{version}"
 xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:21"
 xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:21">
 <rsm:SPSExchangedDocument>
  <ram:Name>Phytosanitary Certificate</ram:Name>
  <ram:ID>{number}</ram:ID>
  <ram:TypeCode>{kind}</ram:TypeCode>
  <ram:StatusCode>{state}</ram:StatusCode>
  <ram:IssueDateTime><udt:DateTimeString>2026-11-20T08:30:00+13:00</udt:DateTimeString></ram:IssueDateTime>
  <ram:IssuerSPSParty><ram:Name>Plant Health Office</ram:Name></ram:IssuerSPSParty>
  {more}
 </rsm:SPSExchangedDocument>
 <rsm:SPSConsignment>
  <ram:ConsignorSPSParty><ram:Name>Orchard Exports</ram:Name></ram:ConsignorSPSParty>
  <ram:ConsigneeSPSParty><ram:Name>Harbour Imports</ram:Name></ram:ConsigneeSPSParty>
  <ram:ExportSPSCountry><ram:ID>NZ</ram:ID></ram:ExportSPSCountry>
  <ram:ImportSPSCountry><ram:ID>CN</ram:ID></ram:ImportSPSCountry>
  <ram:IncludedSPSConsignmentItem><ram:IncludedSPSTradeLineItem>
   <ram:CommonName>Apples</ram:CommonName>
   <ram:ScientificName>Malus domestica</ram:ScientificName>
   <ram:NetWeightMeasure unitCode="KGM">20000</ram:NetWeightMeasure>
   <ram:ApplicableSPSClassification>
    <ram:SystemName>HS</ram:SystemName><ram:ClassCode>0808.10</ram:ClassCode>
   </ram:ApplicableSPSClassification>
  </ram:IncludedSPSTradeLineItem></ram:IncludedSPSConsignmentItem>
 </rsm:SPSConsignment>
</rsm:SPSCertificate>
"""


def written(**changes: str) -> bytes:
    values = {"version": "17", "number": "NZ-2026-7", "kind": "851", "state": "70", "more": ""} | changes
    return DOCUMENT.format(**values).encode()


def test_what_an_ephyto_says_is_read_whatever_the_version_of_its_schema():
    for version in ("17", "5"):
        one = ephyto.read(written(version=version))
        assert (one.number, one.kind, one.state, one.issuer) == (
            "NZ-2026-7",
            "phytosanitary",
            "issued",
            "Plant Health Office",
        )
        assert one.issued_at == datetime(2026, 11, 19, 19, 30, tzinfo=UTC)
        assert (one.from_country, one.to_country) == ("NZ", "CN")
        assert one.goods == (ephyto.Goods("Apples", "Malus domestica", "20000 KGM", ("080810",)),)
        assert not one.is_signed
    assert ephyto.read(written(more="<ds:Signature xmlns:ds='http://www.w3.org/2000/09/xmldsig#'/>")).is_signed
    assert ephyto.read(written(kind="657", state="41"))[1:3] == ("phytosanitary-reexport", "withdrawn")


def test_what_is_no_ephyto_is_refused():
    laughs = b'<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;&b;">]>'
    fetched = b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'
    plain = written().split(b"?>", 1)[1]
    for bad, reason in {
        laughs + plain: "form",
        fetched + plain: "form",
        b"<a/>": "form",
        b"": "form",
        written()[:-9]: "form",
        b"\xff\xfe<\x00": "form",
        written(kind="380"): "model",
        written(number=""): "model",
        written(more="<a>" * 60 + "</a>" * 60): "too-large",
        written(more="<a/>" * 30_000): "too-large",
        written(more="<a>" + "x" * 300_000 + "</a>"): "too-large",
        written(more="x" * (3 << 20)): "too-large",
        written(more="<b:c/>"): "form",
    }.items():
        with pytest.raises(CredentialError) as caught:
            ephyto.read(bad)
        assert caught.value.reason == reason, bad[:60]
