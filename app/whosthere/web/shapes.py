"""What the texts of answers look like, for the OpenAPI document."""

from __future__ import annotations

from typing import Annotated

from pydantic import WithJsonSchema

from whosthere.core.assurance import Assurance
from whosthere.core.conversation import State

Instant = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]
Id = Annotated[str, WithJsonSchema({"type": "string", "format": "uuid"})]
StateName = Annotated[str, WithJsonSchema({"type": "string", "enum": [state.value for state in State]})]
AssuranceName = Annotated[str, WithJsonSchema({"type": "string", "enum": [one.value for one in Assurance]})]
AuthorKind = Annotated[str, WithJsonSchema({"type": "string", "enum": ["user", "agent", "system"]})]
VisitorState = Annotated[str, WithJsonSchema({"type": "string", "enum": ["anonymous", "logged-in"]})]
AnonymousScope = Annotated[str, WithJsonSchema({"type": "string", "enum": ["browser", "tab"]})]
Colour = Annotated[str, WithJsonSchema({"type": "string", "pattern": "^#[0-9a-f]{6}$"})]
