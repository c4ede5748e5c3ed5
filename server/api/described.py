"""The OpenAPI document: what the endpoints declare, with the schemas of what stations say and the kinds of requests."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from pydantic.json_schema import models_json_schema

from server.api import wire_schemas
from server.api.asking import limited
from server.api.asks import SAID
from server.api.declared import GUEST, STAFF, STATION, needs, problems
from server.api.limits import ADDRESS
from server.api.request_kinds import request_schemas

_ABOUT = "What stations, guests and administrators may ask of the server of a venue."
router = APIRouter(dependencies=[Depends(limited(ADDRESS))], responses=problems(429))
_TOKENS = {
    STATION: "The token that a station got when it was enrolled",
    GUEST: "The token that a guest got for a one-time code; it ends after thirty days",
    STAFF: "The token that a member of staff got at a station for their PIN; it ends after half an hour",
}


@router.get("/openapi.json", include_in_schema=False)
@router.get("/v1/openapi.json", openapi_extra=needs())
async def openapi(request: Request) -> JSONResponse:
    """This document."""
    app: FastAPI = request.app
    if app.openapi_schema is None:
        app.openapi_schema = document(app)
    return JSONResponse(app.openapi_schema)


def document(app: FastAPI) -> dict[str, Any]:
    """All endpoints of the server."""
    told = get_openapi(title=app.title, version=app.version, routes=app.routes, description=_ABOUT)
    for path in told["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None)  # what cannot be read is answered 400
    parts = told.setdefault("components", {})
    found = {**parts.get("schemas", {}), **wire_schemas.schemas(), **_said(), **request_schemas()}
    for ours in ("HTTPValidationError", "ValidationError"):
        found.pop(ours, None)
    parts["schemas"] = found | {"Problem": wire_schemas.PROBLEM}
    parts["securitySchemes"] = {
        name: {"type": "http", "scheme": "bearer", "description": words} for name, words in _TOKENS.items()
    }
    return told


def _said() -> dict[str, Any]:
    """The bodies that guests and administrators send."""
    wanted = [(model, "validation") for model in SAID]
    _, found = models_json_schema(wanted, ref_template="#/components/schemas/{model}")  # type: ignore[arg-type] # a list of pairs
    defined: dict[str, Any] = found["$defs"]
    return defined
