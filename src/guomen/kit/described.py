"""APIs whose OpenAPI document says what ninja cannot see: how every operation refuses."""

import re
from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

_TEXT = {"type": "string"}
PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457",
    "required": ["type", "title", "status"],
    "properties": {
        "type": _TEXT,
        "title": {"type": "string", "description": "a sentence in the language asked for"},
        "status": {"type": "integer"},
        "code": _TEXT,
        "instance": _TEXT,
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code", "detail"],
                "properties": {"field": _TEXT, "code": _TEXT, "detail": _TEXT},
            },
        },
    },
}
_REFUSED = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
REFUSALS: dict[str, Any] = {
    "4XX": {"description": "Refused; the problem says why", "content": _REFUSED},
    "5XX": {"description": "Not implemented (501), or not available now (503)", "content": _REFUSED},
}


class Described(NinjaAPI):
    """A ninja API that describes its refusals and gives each operation a name of its own."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        words = re.findall(r"\w+", re.sub(r"\w+:", "", operation.path))
        return "_".join([*sorted(m.lower() for m in operation.methods), *words])

    def get_openapi_schema(self, **more: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**more)
        schema["components"]["schemas"]["Problem"] = PROBLEM
        for methods in schema["paths"].values():
            for operation in methods.values():
                operation["responses"].update(REFUSALS)
        return schema
