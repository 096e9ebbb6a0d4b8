"""The plan and its variants as data, and the small code that reads, checks and draws them.

>>> from scenarios import load_scenario
>>> load_scenario("plan").clauses["A4.3"]  # doctest: +SKIP
((24216, None, 1.0),)
"""

from scenarios.clauses import clauses, sections, targets
from scenarios.faults import Fault, ScenarioError
from scenarios.library import load_parameters
from scenarios.parameter import ParameterSpec, ParameterTable
from scenarios.priors import Prior, draw_parameters
from scenarios.scenario import Scenario, check_files, list_scenarios, load_scenario
from scenarios.schema import json_schema

__all__ = [
    "Fault", "ParameterSpec", "ParameterTable", "Prior", "Scenario", "ScenarioError",
    "check_files", "clauses", "draw_parameters", "json_schema", "list_scenarios",
    "load_parameters", "load_scenario", "sections", "targets",
]  # fmt: skip
