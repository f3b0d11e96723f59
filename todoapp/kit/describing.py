"""How schemas and their fields are told in the API's description: what they take, no more and no less."""

from typing import Any

from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from marshmallow import Schema, fields

from todoapp.kit.fields import Input, Query


class Describer(OpenAPIConverter):
    """Adds what apispec does not know: a field's `takes`, where it is read, and a schema's `constraints`."""

    def init_attribute_functions(self) -> None:
        """Called by apispec: what is asked for each field, in this order; null is added at the end."""
        super().init_attribute_functions()
        *others, nullable = self.attribute_functions
        self.attribute_functions = [*others, self.field2taken, self.dict2names, nullable]

    def field2taken(self, field: fields.Field, **_kw: Any) -> dict[str, Any]:
        """What a field of a request takes besides its type and its bounds."""
        return dict(getattr(field, "takes", {})) if isinstance(field.root, Input | Query) else {}

    def field2pattern(self, field: fields.Field, **kw: Any) -> dict[str, Any]:
        """A pattern as JavaScript writes it, which knows no \\A and \\Z."""
        found: dict[str, Any] = super().field2pattern(field, **kw)
        return {name: told.replace(r"\A", "^").replace(r"\Z", "$") for name, told in found.items()}

    def dict2names(self, field: fields.Field, **_kw: Any) -> dict[str, Any]:
        """What the names in a free object are."""
        if not isinstance(field, fields.Dict) or not field.key_field or not field.key_field.validators:
            return {}
        return {"propertyNames": self.field2length(field.key_field)}

    def schema2jsonschema(self, schema: Schema) -> dict[str, Any]:
        """An object, with what holds for the whole of it."""
        constraints: dict[str, Any] = getattr(schema, "constraints", dict)()
        described: dict[str, Any] = super().schema2jsonschema(schema)
        return described | constraints


class Describing(MarshmallowPlugin):
    """The plugin of apispec that has schemas told by the `Describer`."""

    Converter = Describer
