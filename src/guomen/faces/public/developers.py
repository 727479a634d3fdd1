"""The API for people who write programs: the OpenAPI document as a page."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import resolve
from django.views.decorators.http import require_safe

from guomen.kit.web import page

DOCUMENTS = ("/api/openapi.json", "/epcis/v2/openapi.json")
METHODS = ("get", "post", "put", "patch", "delete")


def _fields(schema: dict[str, Any], parts: dict[str, Any]) -> list[dict[str, Any]]:
    """Name, type and need of each field of a body; one level of ``$ref`` is followed."""
    if "$ref" in schema:
        schema = parts.get(schema["$ref"].rsplit("/", 1)[-1], {})
    needed = schema.get("required", [])
    return [
        {"name": name, "kind": _kind(field), "required": name in needed}
        for name, field in schema.get("properties", {}).items()
    ]


def _kind(field: dict[str, Any]) -> str:
    choices = [_kind(one) for one in field.get("anyOf", []) if one.get("type") != "null"]
    if choices:
        return " | ".join(choices)
    if field.get("type") == "array":
        return f"[{_kind(field.get('items', {}))}]"
    return field.get("format") or field.get("type") or field.get("$ref", "").rsplit("/", 1)[-1] or "JSON"


def operations(document: dict[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Operations by tag, in the order of the document."""
    parts = document.get("components", {}).get("schemas", {})
    found: dict[str, list[dict[str, Any]]] = {}
    for path, methods in document["paths"].items():
        for method in METHODS:
            if method not in methods:
                continue
            one = methods[method]
            content = one.get("requestBody", {}).get("content", {})
            body = next(iter(content.values()), {}).get("schema", {})
            found.setdefault((one.get("tags") or ["other"])[0], []).append(
                {
                    "method": method.upper(),
                    "path": path,
                    "summary": one.get("summary", ""),
                    "text": one.get("description", "").strip(),
                    "parameters": [
                        {"name": p["name"], "kind": _kind(p.get("schema", {})), "required": p.get("required", False)}
                        for p in one.get("parameters", [])
                    ],
                    "body": _fields(body, parts),
                }
            )
    return sorted(found.items())


@require_safe
def developers(request: HttpRequest) -> HttpResponse:
    """All operations of the JSON API and of the EPCIS 2.0 REST binding, with their fields."""
    documents = [json.loads(resolve(path).func(request).content) for path in DOCUMENTS]
    groups = [group for document in documents for group in operations(document)]
    return page(request, "public/developers.html", {"groups": groups})
