"""Action 9, networks: the power grid, broadband, information stations, places of culture."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.chance import draws
from sim.measures.a09_build import ASKS, RUNS, begun, build, lead, pace, usual
from sim.measures.lasting import at_month
from sim.mechanism import Mechanism, Now
from sim.world.columns import account, column
from sim.world.world import World

__all__ = ["Networks"]

_START, _LUCK, _USUAL = 1, 3, 5  # draw indices, each of two in a row
_WORKS = ("grid", "broadband", "info_station", "fibre", "stage")
_ZH = ("农网改造", "宽带建设", "信息服务站", "光纤入村", "乡村舞台", "乡镇综合文化站")
_PROGRAMMES = ("grid", "broadband", "info_stations", "fibre", "stages", "culture_stations")


class Networks(Mechanism):
    """Power, broadband and culture reach the villages, by need until their planned dates.

    A9.8 strengthens the grid: machines, pumps and small processing run, which makes work nearby,
    saves outlay and sells a crop for a little more. A9.9 brings broadband to registered poor
    villages, information stations to most of them, and fibre to every deep village in 2018:
    people hear of work, and of what is offered to them, and a shop online sells for more where
    the line is good. A9.10 brings culture stations to the townships and stages to the deep
    villages; that a shared evening makes wedding money a little smaller is all that it moves.
    """

    name = "a09_networks"
    zh = "电网、宽带与文化设施"
    clauses = ("A9.8", "A9.9", "A9.10")
    reads = (
        "village.id", "village.county", "village.township", "village.deep", "village.poor_village",
        "village.site", "village.persons", "village.registered_poor", "village.ecommerce",
        "township.code", "township.deep", "township.county", "county.code", "county.capacity",
        "county.sample",
    )  # fmt: skip
    writes = (
        *(f"village.{name}" for name in _WORKS), "village.networked_start", "township.culture",
        "township.culture_before",
        *(f"village.paid_{name}" for name in _PROGRAMMES),
        *(f"county.begun_{name}" for name in _PROGRAMMES),
        "village.find_gain", "village.pull_away", "village.local_jobs", "village.outlay_cut",
        "village.price_gain", "village.takeup", "village.custom_cut",
        "county.broadband_poor", "county.station_poor",
    )  # fmt: skip
    columns = (
        column("village", "grid", "u1", "flag", "strong grid", "农网达标", report="share"),
        column("village", "broadband", "u1", "flag", "broadband", "通宽带"),
        column("village", "info_station", "u1", "flag", "information station", "信息服务站"),
        column("village", "fibre", "u1", "flag", "fibre", "通光纤", report="share"),
        column("village", "stage", "u1", "flag", "stage and place of culture up to standard",
               "乡村舞台达标", report="share"),
        column("village", "networked_start", "u1", "bits",
               "what it had at the start: 1 grid, 2 broadband, 4 station, 8 fibre, 16 stage",
               "起始网络设施"),
        column("township", "culture", "u1", "flag", "culture station up to standard",
               "综合文化站达标", report="share"),
        column("township", "culture_before", "u1", "flag", "culture station at the start",
               "起始综合文化站"),
        column("county", "broadband_poor", "f8", "share",
               "registered poor villages with broadband", "贫困村宽带覆盖率", report="share"),
        column("county", "station_poor", "f8", "share",
               "registered poor villages with an information station", "贫困村信息服务站覆盖率",
               report="share"),
        *(
            account(name, meaning, zh, family="sector", to="supplier",
                    rank=2 if name == "fibre" else 4)
            for name, meaning, zh in zip(
                _PROGRAMMES,
                ("strengthening of the village grid", "broadband", "information stations",
                 "fibre to the village", "village stages", "township culture stations"),
                _ZH, strict=True,
            )
        ),
        *(begun(name, zh) for name, zh in zip(_PROGRAMMES, _ZH, strict=True)),
    )  # fmt: skip

    def begin(self, world: World, now: Now) -> None:
        """What villages and townships had before the run."""
        self.open_month(now)
        p, village, township = self.p, world.village, world.township
        deep = village.deep == 1
        u = np.concatenate([draws(self.chance, village.id, _START + k) for k in (0, 1)])
        start = (
            np.where(deep, p.grid_deep, p.grid_other),
            np.where(deep, p.broadband_deep, p.broadband_other),
            np.full(len(deep), p.station_start),
            np.where(deep, p.fibre_deep, p.fibre_other),
            np.where(deep, p.stage_deep, p.stage_other),
        )
        for row, name in enumerate(_WORKS):
            village[name][:] = (u[row] < start[row]) | (village.site == 1)
        village.broadband[village.fibre == 1] = 1
        for row, name in enumerate(_WORKS):
            village.networked_start[:] |= village[name] << row
        township.culture[:] = draws(self.chance, township.code, _START)[0] < p.culture_start
        township.culture_before[:] = township.culture
        self._count(world)

    def province(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """Build in the season, and let what has been gained act."""
        if now.calendar in RUNS or now.calendar in ASKS:
            if now.calendar in RUNS:
                self._usual(world, now, p, chance)
            self._plan(world, now, p, chance)
            self._count(world)
        self._act(world, p)

    def _usual(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """What comes without the plan."""
        village = world.village
        u = np.concatenate([draws(chance, village.id, _USUAL + k) for k in (0, 1)])
        yearly = (p.grid_usual, p.broadband_usual, p.station_usual, p.fibre_usual, p.stage_usual)
        for row, name in enumerate(_WORKS):
            village[name][:] |= u[row] < usual(now, yearly[row])
        village.broadband[village.fibre == 1] = 1

    def _plan(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """What the plan builds, each kind at its own pace."""
        village = world.village
        deep, poor = village.deep == 1, village.poor_village == 1
        luck = np.concatenate([lead(world, chance, _LUCK + k) for k in (0, 1)])
        # which villages the goals of 90 and 80 of a hundred mean: always the same ones
        reach = draws(at_month(chance, 0), village.id, _START)
        line = pace(now, p.broadband_months, p.slip)
        fast = pace(now, p.fibre_months, p.slip)
        culture = pace(now, p.culture_months, p.slip)
        grid = pace(now, p.grid_months, p.slip)
        self._build(world, p, 0, deep, p.grid_cost, p.A9_8, grid, luck)
        self._build(world, p, 3, deep, p.fibre_cost, p.A9_9, fast, luck)
        wanted = poor & ~deep & (reach[0] < p.broadband_goal)
        self._build(world, p, 1, wanted, p.line_cost, p.A9_9, line, luck)
        wanted = poor & (reach[1] < p.station_goal)
        self._build(world, p, 2, wanted, p.station_cost, p.A9_9, line, luck)
        village.broadband[village.fibre == 1] = 1
        self._build(world, p, 4, deep, p.stage_cost, p.A9_10, culture, luck)
        self._townships(world, p, culture, luck[5])

    def _build(
        self, world: World, p: Any, work: int, wanted: np.ndarray, cost: float, intensity: float,
        share: float, luck: np.ndarray,
    ) -> None:  # fmt: skip
        """Build one kind of work in the villages that are to have it and lack it."""
        village = world.village
        name, programme = _WORKS[work], _PROGRAMMES[work]
        wanted = wanted & (village[name] == 0) & (village.site == 0) & (intensity > 0.0)
        rows = np.flatnonzero(wanted)
        each = np.full(len(rows), round(cost * 100), np.int64)
        score = village.registered_poor[rows] / np.maximum(village.persons[rows], 1)
        built = build(
            world, programme, village.county[rows], village.id[rows], score, each,
            intensity * share, luck[work], name == "stage", p.companies if name != "stage" else 0.0,
        )  # fmt: skip
        village[name][rows[built]] = 1

    def _townships(self, world: World, p: Any, share: float, luck: np.ndarray) -> None:
        """Culture stations; a township's cost is its sampled share, as townships are all there
        in any sample."""
        township = world.township
        rows = np.flatnonzero((township.culture == 0) & (p.A9_10 > 0.0))
        of = township.county[rows]
        each = np.floor(p.culture_cost * 100.0 * world.county.sample[of]).astype(np.int64)
        built = build(
            world, "culture_stations", of, township.code[rows].astype(np.uint64),
            township.deep[rows].astype(float), each, p.A9_10 * share, luck,
        )  # fmt: skip
        township.culture[rows[built]] = 1

    def _count(self, world: World) -> None:
        """The shares that the plan counts, over registered poor villages of each county."""
        village, county = world.village, world.county
        counties = len(county.code)
        rows = np.flatnonzero((village.poor_village == 1) & (village.site == 0))
        of = village.county[rows]
        number = np.bincount(of, minlength=counties)
        for name, of_village in (("broadband_poor", "broadband"), ("station_poor", "info_station")):
            have = np.bincount(of, village[of_village][rows], counties)
            county[name][:] = np.divide(have, number, out=np.ones(counties), where=number > 0)

    def _act(self, world: World, p: Any) -> None:
        """What has come since the start of the run acts on every village that it came to."""
        village = world.village
        grid, line, station, fibre, stage = (
            (village[name] & (1 - (village.networked_start >> row & 1))).astype(np.float32)
            for row, name in enumerate(_WORKS)
        )
        village["local_jobs"] += np.float32(p.grid_jobs) * grid
        village["outlay_cut"] += np.float32(p.grid_outlay) * grid
        village["price_gain"] += np.float32(p.grid_price) * grid
        online = np.float32(p.line_price) * village.ecommerce
        village["price_gain"] += online * np.maximum(line, fibre)
        village["find_gain"] += (
            np.float32(p.line_find) * line + np.float32(p.station_find) * station
        )
        village["find_gain"] += np.float32(p.fibre_find) * fibre
        village["pull_away"] += np.float32(p.line_leave) * line
        village["takeup"] += np.float32(p.station_takeup) * station
        township = world.township
        culture = stage + (township.culture - township.culture_before)[village.township]
        village["custom_cut"] += np.float32(p.culture_custom) * culture
