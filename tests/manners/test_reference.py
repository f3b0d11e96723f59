"""The API describes itself truly and draws the description offline."""

import pytest


def test_the_document_names_every_operation_once(app):
    document = app.test_client().get("/api/openapi.json").json
    assert document["openapi"].startswith("3.1")
    names = [
        operation["operationId"]
        for path in document["paths"].values()
        for key, operation in path.items()
        if key != "parameters"
    ]
    assert len(names) == len(set(names)) > 40
    assert set(document["components"]["securitySchemes"]) == {"bearer"}


def test_every_reference_in_the_document_leads_somewhere(app):
    document = app.test_client().get("/api/openapi.json").json

    def references(node):
        if isinstance(node, dict):
            if "$ref" in node:
                yield node["$ref"]
            for value in node.values():
                yield from references(value)
        elif isinstance(node, list):
            for value in node:
                yield from references(value)

    for reference in set(references(document)):
        place = document
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]


@pytest.mark.parametrize("path", ["/api/docs"])
def test_the_reference_page_asks_no_other_host(app, path):
    page = app.test_client().get(path)
    assert page.status_code == 200
    assert "http://" not in page.text and "https://" not in page.text
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
