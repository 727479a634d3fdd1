"""Pages for everybody: the front door and the API's reference."""

from guomen.faces.public.developers import operations


def test_the_reference_lists_every_operation_of_the_api_and_of_the_event_repository(people, door):
    documents = [door().get(path).json() for path in ("/api/openapi.json", "/epcis/v2/openapi.json")]
    page = door().get("/en/developers").content.decode()
    listed = [one for document in documents for _, rows in operations(document) for one in rows]
    every = [set(methods) - {"options"} for document in documents for methods in document["paths"].values()]
    assert len(listed) == sum(map(len, every))
    assert "POST /epcis/v2/capture" in page
    for one in listed:
        assert f"{one['method']} {one['path']}" in page
    lodge = next(one for one in listed if (one["method"], one["path"]) == ("POST", "/api/declarations"))
    assert {"name": "bill_number", "kind": "string", "required": True} in lodge["body"]


def test_the_front_page_leads_to_recalls_and_the_api_in_the_readers_language(people, door):
    page = door().get("/zh/").content.decode()
    assert 'href="/zh/recalls"' in page
    assert 'href="/zh/developers"' in page
    assert "面向程序" in page
