"""JSON Schema of both kinds of files, for editors that complete and check while one types."""

from __future__ import annotations

from typing import Any

from scenarios.clauses import clauses, sections
from scenarios.parameter import ParameterTable
from scenarios.parameter_file import REQUIRED, ParameterEntry
from scenarios.scenario_file import ScenarioFile
from scenarios.streams import SUPPORT, streams

__all__ = ["json_schema"]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema(table: ParameterTable | None = None) -> dict[str, dict[str, Any]]:
    """{"scenario": schema, "parameters": schema}. With a `table`, its names are offered too."""
    scenario = ScenarioFile.model_json_schema(by_alias=True)
    scenario["required"] = ["name", "base"]
    switchable = [clause.id for clause in clauses().values() if clause.switchable]
    properties = scenario["properties"]
    properties["with"]["propertyNames"] = {"enum": switchable}
    names = {"type": "string", "enum": [*sections(), *switchable]}
    for key in ("without", "only"):
        properties[key] = {"type": "array", "items": names}
    properties["fade"]["propertyNames"] = {"enum": [SUPPORT, *streams(), *sections(), *switchable]}
    if table is not None:
        properties["set"]["propertyNames"] = {"enum": list(table)}
    entry = ParameterEntry.model_json_schema()
    definitions = entry.pop("$defs", {})
    entry["required"] = list(REQUIRED)
    parameters = {
        "title": "Parameters of one group",
        "type": "object",
        "additionalProperties": entry,
        "$defs": definitions,
    }
    return {
        "scenario": {"$schema": _DIALECT, **scenario},
        "parameters": {"$schema": _DIALECT, **parameters},
    }
