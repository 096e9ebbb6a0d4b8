"""Where the model's own files lie, and reading a whole folder of parameters."""

from __future__ import annotations

import functools
from importlib.resources import files
from pathlib import Path

from scenarios.faults import Fault, ScenarioError, only_faults
from scenarios.parameter import ParameterSpec, ParameterTable, parameters_from
from scenarios.yaml_file import read_yaml

__all__ = ["load_parameters", "parameter_folder", "read_parameter_folder", "scenario_folder"]


def scenario_folder() -> Path:
    """The folder of the scenarios that come with the model."""
    return Path(str(files("scenarios")))


def parameter_folder() -> Path:
    """The folder of the parameters that come with the model."""
    return scenario_folder() / "parameters"


def load_parameters(folder: str | Path | None = None) -> ParameterTable:
    """Read every parameter file of a folder (default: the model's own).

    ScenarioError lists all mistakes of all files.
    """
    table, faults = read_parameter_folder(folder)
    if only_faults(faults):
        raise ScenarioError(faults)
    return table


def read_parameter_folder(folder: str | Path | None = None) -> tuple[ParameterTable, list[Fault]]:
    """Like `load_parameters`, but returns the sound parameters together with the mistakes."""
    place = Path(folder) if folder is not None else parameter_folder()
    if not place.is_dir():
        fault = Fault(str(place), 0, "", "there is no such folder", mend="Check the path.")
        return ParameterTable([]), [fault]
    paths = sorted(place.glob("*.yaml"))
    stamp = tuple((path, path.stat().st_mtime_ns, path.stat().st_size) for path in paths)
    table, faults = _read_all(stamp)
    return table, list(faults)


@functools.lru_cache(maxsize=8)
def _read_all(
    stamp: tuple[tuple[Path, int, int], ...],
) -> tuple[ParameterTable, tuple[Fault, ...]]:
    """All files at once, remembered until one of them changes (reading takes a while)."""
    specs: list[ParameterSpec] = []
    faults: list[Fault] = []
    names: set[str] = set()
    for path, _, _ in stamp:
        file = read_yaml(path)
        specs += parameters_from(file)
        faults += file.faults
        names.update(f"{path.stem}.{name}" for name in file.data or {})
    warnings = [fault for fault in faults if fault.severity == "warning"]
    return ParameterTable(specs, warnings, names - {spec.key for spec in specs}), tuple(faults)
