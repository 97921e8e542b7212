"""Whatever arrives: from the OpenAPI document, in every parser, and as raw bytes."""
