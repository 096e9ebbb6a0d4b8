"""Loading, listing and checking scenario files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from scenarios.faults import Fault, ScenarioError, did_you_mean, only_faults, sort_faults
from scenarios.fields import validate
from scenarios.layers import Implemented, Layered, overlay
from scenarios.library import read_parameter_folder, scenario_folder
from scenarios.parameter import ParameterSpec, ParameterTable, parameters_from
from scenarios.parameter_file import REQUIRED
from scenarios.priors import draw_parameters
from scenarios.resolved import Scenario
from scenarios.scenario_file import ScenarioFile, Titles
from scenarios.yaml_file import YamlFile, read_yaml

__all__ = ["Scenario", "check_files", "draw_parameters", "list_scenarios", "load_scenario"]


def load_scenario(
    name_or_path: str | Path,
    table: ParameterTable | None = None,
    folder: str | Path | None = None,
    implemented: Implemented | None = None,
) -> Scenario:
    """A scenario by name ("plan") or by the path of its file, with its bases resolved.

    Names, those of bases too, are looked up beside the file that uses them, in `folder`, and
    among the scenarios of the model. `table` are the parameters (default: the model's own);
    `implemented` gives the clauses that are carried out, and others are warned of.

    ScenarioError lists every mistake in the file, in its bases, and in the model's parameters.
    """
    faults: list[Fault] = []
    if table is None:
        table, faults = read_parameter_folder()
    scenario, found = _load(str(name_or_path), table, folder, implemented)
    faults = faults + found
    if scenario is None or only_faults(faults):
        raise ScenarioError(faults)
    return scenario


def list_scenarios(folder: str | Path | None = None) -> list[str]:
    """The names of the scenarios in a folder (default: the model's own), roots first."""
    place = Path(folder) if folder is not None else scenario_folder()
    paths = list(place.glob("*.yaml"))
    bases = {path.stem: (read_yaml(path).data or {}).get("base") for path in paths}
    return sorted(bases, key=lambda name: (bases[name] is not None, name))


def check_files(
    paths: Iterable[str | Path],
    table: ParameterTable | None = None,
    folder: str | Path | None = None,
    implemented: Implemented | None = None,
) -> list[Fault]:
    """Every mistake and warning in scenario files, parameter files, or folders of them.

    Which of the two a file is shows in its content. Scenarios are checked together with their
    bases, against the model's parameters with those of the files given laid over them.
    """
    faults: list[Fault] = []
    if table is None:
        table, faults = read_parameter_folder()
    specs: dict[str, ParameterSpec] = dict(table)
    broken = set(table.broken)
    scenarios = []
    for path in _all_files(paths):
        file = read_yaml(path)
        if _holds_parameters(file):
            sound = parameters_from(file)
            specs.update((spec.key, spec) for spec in sound)
            broken.update(f"{path.stem}.{name}" for name in file.data or {})
            again = path.resolve()  # one of the model's own files, read already
            faults = [fault for fault in faults if Path(fault.file).resolve() != again]
            faults += file.faults
        else:
            scenarios.append(path)
    table = ParameterTable(specs.values(), broken=broken - set(specs))
    for path in scenarios:
        faults += _load(str(path), table, folder, implemented)[1]
    return sort_faults(faults)


def _all_files(paths: Iterable[str | Path]) -> list[Path]:
    found: list[Path] = []
    for path in map(Path, paths):
        inside = [*path.glob("*.yaml"), *path.glob("*.yml")] if path.is_dir() else [path]
        found += sorted(inside)
    return found


def _holds_parameters(file: YamlFile) -> bool:
    entries = [value for value in (file.data or {}).values() if isinstance(value, dict)]
    if any(len(entry.keys() & set(REQUIRED)) > 1 for entry in entries):
        return True
    return Path(file.name).parent.name == "parameters"


def _load(
    name_or_path: str,
    table: ParameterTable,
    folder: str | Path | None,
    implemented: Implemented | None,
) -> tuple[Scenario | None, list[Fault]]:
    path = Path(name_or_path)
    if path.suffix not in (".yaml", ".yml") and path.name == name_or_path:
        folders = [Path(folder)] if folder is not None else []
        found = _find(name_or_path, [*folders, scenario_folder()])
        if found is None:
            what = f"there is no scenario {name_or_path}"
            return None, [Fault(name_or_path, 0, "", what, mend=_names(name_or_path, folders))]
        path = found
    chain = _chain(path, folder)
    base, result = Layered(), Layered()
    for model, file in reversed(chain):
        base, result = result, overlay(result, model, file, table, implemented)
    model, file = chain[0]
    faults = [fault for _, read in chain for fault in read.faults]
    name = model.name or path.stem
    scenario = Scenario(
        name=name,
        title=_titles(model.title, name),
        about=_titles(model.about, ""),
        base=model.base,
        until=result.until,
        clauses=result.clauses,
        removed_clauses=tuple(c for c in base.clauses if c not in result.clauses),
        changes=result.changes,
        table=table,
        path=str(path),
        warnings=tuple(fault for fault in sort_faults(faults) if fault.severity == "warning"),
    )
    return scenario, faults


def _chain(path: Path, folder: str | Path | None) -> list[tuple[ScenarioFile, YamlFile]]:
    """The file, its base, the base's base … as far as they can be read."""
    chain = [_read(path)]
    visited = [path.resolve()]
    while True:
        model, file = chain[-1]
        if model.base is None:
            return chain
        here = visited[-1].parent
        folders = [here, *([Path(folder)] if folder is not None else []), scenario_folder()]
        found = _find(model.base, folders)
        if found is None:
            what = f"there is no scenario {model.base}"
            file.fault(("base",), what, value=model.base, mend=_names(model.base, folders))
            return chain
        if found.resolve() in visited:
            ring = " -> ".join([*(seen.stem for seen in visited), found.stem])
            mend = "Give the file another name." if found.resolve() == visited[-1] else ""
            file.fault(("base",), f"the bases run in a circle: {ring}", value=model.base,
                       mend=mend or "Let one of them start from plan or no-plan.")  # fmt: skip
            return chain
        chain.append(_read(found))
        visited.append(found.resolve())


def _read(path: Path) -> tuple[ScenarioFile, YamlFile]:
    """One scenario file by itself: its sound fields, and its mistakes in the `YamlFile`."""
    file = read_yaml(path)
    if file.data is None:
        return ScenarioFile.model_validate({}), file
    model = validate(ScenarioFile, file, file.data)
    if file.data.get("name") is None:
        at = ("name",) if "name" in file.data else ()
        file.fault(at, "name is missing", mend=f"Write name: {path.stem}.")
    elif model.name is not None and model.name != path.stem:
        what = f"the file is called {path.name}, the scenario {model.name}"
        file.fault(("name",), what, mend=f"Write name: {path.stem} or rename the file.")
    if "base" not in file.data:
        mend = "Write base: plan, or base: null if it starts from nothing."
        file.fault((), "base is missing", mend=mend)
    return model, file


def _find(name: str, folders: list[Path]) -> Path | None:
    if Path(name).name != name:
        return None
    tries = [folder / f"{name}{suffix}" for folder in folders for suffix in (".yaml", ".yml")]
    return next((path for path in tries if path.is_file()), None)


def _names(name: str, folders: list[Path]) -> str:
    known = {path.stem for place in [*folders, scenario_folder()] for path in place.glob("*.yaml")}
    return did_you_mean(name, known, f"There are: {', '.join(sorted(known))}.")


def _titles(given: Titles | None, otherwise: str) -> dict[str, str]:
    en = given.en if given else None
    zh = given.zh if given else None
    return {"en": en or zh or otherwise, "zh": zh or en or otherwise}
