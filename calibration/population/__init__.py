"""The default synthetic population: 35 counties, their townships and villages, everybody in them.

`build` makes it (or takes it from the cache), `report` compares it with the margins it was asked
to meet, `smallest_sample` is the least share that can be asked for, `digest` is the hash that a
build would have. `names` are the names of counties and townships, `village_numbers` the numbers
of the villages in them.
"""

from calibration.population.building import StartingPopulation, build, smallest_sample
from calibration.population.cache import SEED, digest
from calibration.population.places import names, village_numbers
from calibration.population.reporting import MarginReport, report

__all__ = [
    "SEED", "MarginReport", "StartingPopulation", "build", "digest", "names", "report",
    "smallest_sample", "village_numbers",
]  # fmt: skip
