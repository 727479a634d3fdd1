from guomen.kit.ids import uuid7


def test_ids_rise_and_are_version_7():
    ids = [uuid7() for _ in range(5000)]
    assert ids == sorted(ids)
    assert {(i.version, i.variant) for i in ids} == {(7, "specified in RFC 4122")}
