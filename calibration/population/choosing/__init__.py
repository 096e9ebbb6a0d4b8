"""Which people a run or a fit starts with: the default synthetic ones, or those of a register.

A folder of its own, as `registered`, so that the digest of the default population, which hashes
the modules it is made by, is not changed by what it is not made by.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from calibration.population.building import StartingPopulation, build
from calibration.population.registered import build_registered

__all__ = ["choose"]


def choose(
    population: str | None,
    sample: float,
    counties: Sequence[int] | None = None,
    progress: Callable[..., Any] | None = None,
) -> tuple[Callable[[], StartingPopulation], dict[str, Any]]:
    """A function that gives the population, and what identifies it.

    population: None for the default synthetic one; else a folder that `fanpin registration
    import` has written, or FOLDER@YEAR to take the register of another data year than the last
    one up to 2016. sample: share of the villages. counties: six-digit codes, all if None.
    progress: tqdm, or anything that is called and updated in the same way.

    The population is built at once, so that faults show and workers find it in its cache; the
    function can be pickled. What identifies it (digest, sample, persons, source, ...) holds no
    personal data and no number under ten households.
    Errors: ValueError, with its subclasses RegisterError and ImportedError.
    """
    chosen = None if counties is None else list(counties)
    if population is None:
        load = partial(build, sample, counties=chosen)
        people = build(sample, counties=chosen, progress=progress)
    else:
        folder, year = _folder_and_year(population)
        load = partial(build_registered, folder, sample, year=year, counties=chosen)
        people = build_registered(folder, sample, year, chosen, progress)
    about = {"source": "synthetic", **people.about}
    about |= {"digest": people.digest, "persons": len(people["person"]["id"])}
    return load, about


def _folder_and_year(text: str) -> tuple[str, int | None]:
    found = re.fullmatch(r"(.+)@(\d{4})", text)
    if found is None or Path(text).is_dir():
        return text, None
    return found[1], int(found[2])
