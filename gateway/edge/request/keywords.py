"""Where schemas stand in a document: which of its keys hold values, and which hold names."""

#: values as they are, in which nothing is a keyword
LITERAL = frozenset({"const", "default", "enum", "example", "examples"})
#: maps whose keys are names that people chose
NAMED = frozenset(
    {
        "$defs", "callbacks", "content", "definitions", "dependentSchemas", "headers", "mediaTypes",
        "parameters", "pathItems", "paths", "patternProperties", "properties", "requestBodies",
        "responses", "schemas", "webhooks",
    }
)  # fmt: skip
