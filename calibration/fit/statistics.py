"""The summary statistics of a run: their names, units, meaning and where registration has them.

A statistic of one run has a key "name:year:area". Area is `all` (the whole scope), `deep` (its
deep-poverty counties), `other` (the rest) or the six-digit code of a county. The year is empty
for survival, which is of the whole run. A published figure that has a rule in
calibration/data/figure_rules.yaml is a statistic too, with the key "figure:ID".

"With a card" are those on the register, the relapsed among them, and those who have left it
(建档立卡人口); "on the register" only the former. All shares, means and quantiles are of persons,
scaled up from the sample county by county. A statistic that a run cannot give is NaN.

How they are counted stands in reading.py. Science brief, G.4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = [
    "AREAS", "CAUSES", "STATISTICS", "SURVIVAL", "Statistic", "key", "known_key", "split_key",
]  # fmt: skip

AREAS = ("all", "deep", "other")

CAUSES = ("illness", "disability", "schooling", "labour", "skills", "funds")
"""Causes that are counted by themselves, by their names in sim.world.codes.Cause; the other
thirteen are `other`. Six of the form's thirteen make up nine tenths of the register."""

SURVIVAL = (12, 24, 36)
"""Months after exit at which survival is read."""


@dataclass(frozen=True)
class Statistic:
    """What a statistic is.

    kind: "share", "mean", "quantile", "spread" (variances, Gini, correlations) or "survival".
    found: where registration data shows it; empty if it cannot.
    """

    unit: str
    meaning: str
    zh: str
    kind: str
    found: str


_HOUSEHOLDS = "households"
_MEMBERS = "members"
_TABLE = "county-year table"


def _causes() -> dict[str, Statistic]:
    """Shares of the main causes among three groups of persons."""
    zh = {
        "illness": "因病", "disability": "因残", "schooling": "因学", "labour": "缺劳力",
        "skills": "缺技术", "funds": "缺资金", "other": "其他原因",
    }  # fmt: skip
    groups = {
        "stock": ("on the register in December", "年末在册贫困人口"),
        "new": ("first registered in the year", "当年新识别人口"),
        "relapsed": ("registered as relapsed in the year", "当年登记返贫人口"),
    }
    return {
        f"cause_{group}_{cause}": Statistic(
            "share", f"main cause {cause}, of those {who}", f"{whom}中{zh[cause]}占比", "share",
            f"{_HOUSEHOLDS}: aac007; {_TABLE}",
        )
        for group, (who, whom) in groups.items()
        for cause in (*CAUSES, "other")
    }  # fmt: skip


def _income() -> dict[str, Statistic]:
    parts = {
        "wage": ("wages", "工资性收入", "aac073"),
        "business": ("farm and business, net of costs", "生产经营净收入", "aac071 less aac074"),
        "property": ("rent and dividends", "财产性收入", "aac072"),
        "transfer": ("transfers that count for exit", "计入的转移性收入", "aac076 to aac083"),
    }
    window = "a head from October to September, of those with a card"
    found = {
        f"income_{name}": Statistic(
            "yuan/person-year", f"{what} {window}", f"建档立卡人口{zh}（上年10月至当年9月）",
            "mean", f"{_HOUSEHOLDS}: {code}; {_TABLE}",
        )
        for name, (what, zh, code) in parts.items()
    }  # fmt: skip
    everybody = "a head in the calendar year, of all rural people, all transfers included"
    found |= {
        f"income_all_{name}": Statistic(
            "yuan/person-year", f"{what} {everybody}", f"全部农村人口{zh}", "mean", "",
        )
        for name, (what, zh) in {
            "pc": ("the four components", "人均可支配收入"),
            "wage": ("wages", "工资性收入"),
            "business": ("farm and business, net of costs", "经营净收入"),
            "property": ("rent and dividends", "财产净收入"),
            "transfer": ("transfers", "转移净收入"),
        }.items()
    }  # fmt: skip
    return found | {
        f"income_p{tenth}": Statistic(
            "yuan/person-year",
            f"{tenth} % of those with a card have a recorded income a head up to this",
            f"建档立卡人口登记人均纯收入第{tenth}百分位", "quantile",
            f"{_HOUSEHOLDS}: 人均纯收入; {_TABLE}",
        )
        for tenth in (10, 50, 90)
    }  # fmt: skip


_SHARES = {
    "registered_rate": (
        "on the register in December, of all rural people", "年末在册贫困发生率",
        f"{_TABLE}; {_HOUSEHOLDS} with the rural population",
    ),
    "exits_share": (
        "left the register in the year, of those on it before the round",
        "当年脱贫人口占调整前在册",
        f"{_TABLE}; {_HOUSEHOLDS} of two years: aar010",
    ),
    "relapse_share": (
        "registered as relapsed in the year, of those who had left before",
        "当年登记返贫人口占此前已脱贫", f"{_TABLE}; {_HOUSEHOLDS}: aar010",
    ),
    "new_share": (
        "first registered in the year, of rural people without a card before",
        "当年新识别人口占非建档立卡农村人口", f"{_TABLE}; {_HOUSEHOLDS} with the rural population",
    ),
    "removed_share": (
        "removed as wrongly registered, of those on the register before the round",
        "当年错评清退人口占调整前在册", _TABLE,
    ),
    "near_line": (
        "of the year's exits, with an income seen at exit under 1.1 times the line",
        "当年脱贫人口中收入在标准线上10%以内者占比",
        f"{_HOUSEHOLDS}: 人均纯收入 in the year of exit",
    ),
    "dibao_share": (
        "in households with minimum living, of those with a card", "建档立卡人口中低保占比",
        f"{_MEMBERS}: aab030; {_TABLE}",
    ),
    "migrant_share": (
        "with work outside the county in December, of those with a card",
        "建档立卡人口外出务工占比",
        f"{_MEMBERS}: aab012 with aab025 to aab027; {_TABLE}",
    ),
    "gap_house": (
        "in a house certified as grade C or D, of those on the register", "在册人口中危房户占比",
        f"{_HOUSEHOLDS}: aac318, aac322; {_TABLE}",
    ),
    "gap_water": (
        "without safe drinking water, of those on the register", "在册人口中饮水不安全占比",
        f"{_HOUSEHOLDS}: aac091; {_TABLE}",
    ),
    "gap_education": (
        "in households with a child of compulsory age out of school, of those on the register",
        "在册人口中有失学辍学儿童户占比", f"{_MEMBERS}: aab009 with aab005; {_TABLE}",
    ),
    "gap_insurance": (
        "without basic insurance, of those on the register", "在册人口中未参保占比",
        f"{_MEMBERS}: aab013; {_TABLE}",
    ),
    "oop_share": (
        "of hospital bills paid by patients with a card", "建档立卡患者住院自付比例", "",
    ),
}  # fmt: skip

_OTHERS = {
    "migrant_months": (
        "months", "months in paid work since January, of those with work outside the county",
        "外出务工者当年务工月数", "mean", f"{_MEMBERS}: aab012; {_TABLE}",
    ),
    "admissions_registered": (
        "per 100 person-years", "hospital stays of those with a card", "建档立卡人口住院人次",
        "mean", "",
    ),
    "admissions_other": (
        "per 100 person-years", "hospital stays of those without a card", "非建档立卡人口住院人次",
        "mean", "",
    ),
    "gini": (
        "index", "Gini of the whole income a head of all rural people", "农村居民收入基尼系数",
        "spread", "",
    ),
    "gini_registered": (
        "index", "Gini of the recorded income a head of those with a card",
        "建档立卡人口登记收入基尼系数", "spread", f"{_HOUSEHOLDS}: 人均纯收入",
    ),
    "village_variance": (
        "1", "variance of the registered rate between villages", "村际在册发生率方差", "spread",
        "village table",
    ),
    "rate_slope": (
        "1", "correlation of a village's registered rate with lying in mountains or on pastures",
        "村在册发生率与山区牧区的相关系数", "spread", "village table with the terrain",
    ),
    "rate_distance": (
        "1", "correlation of a village's registered rate with its distance to the county seat",
        "村在册发生率与距县城距离的相关系数", "spread", "village table with the distance",
    ),
}  # fmt: skip

STATISTICS: Mapping[str, Statistic] = {
    **{
        name: Statistic("share", meaning, zh, "share", found)
        for name, (meaning, zh, found) in _SHARES.items()
    },
    **_causes(),
    **_income(),
    **{name: Statistic(*entry) for name, entry in _OTHERS.items()},
    **{
        f"survival_{months}": Statistic(
            "share",
            f"of those who left the register, not registered as relapsed {months} months later",
            f"脱贫{months}个月后未登记返贫的比例",
            "survival",
            f"{_HOUSEHOLDS} of several years: aar010",
        )
        for months in SURVIVAL
    },
}
"""Every statistic by name."""


def key(name: str, year: int | str, area: str = "all") -> str:
    """The key of a statistic, as "registered_rate:2018:deep"."""
    return f"{name}:{year}:{area}"


def split_key(text: str) -> tuple[str, str, str]:
    """Name, year and area of a key; ("figure", ID, "") of a published figure."""
    name, _, rest = text.partition(":")
    year, _, area = rest.partition(":")
    return name, year, area


def known_key(text: str) -> str:
    """What is wrong with a key; empty if nothing is. Whether a figure has a rule is not asked."""
    name, year, area = split_key(text)
    if name == "figure":
        return "" if year and not area else f"{text!r} is no key of a figure, such as figure:ID"
    if name not in STATISTICS:
        from scenarios.faults import did_you_mean

        return f"there is no statistic {name!r}. {did_you_mean(name, STATISTICS)}".strip()
    if STATISTICS[name].kind == "survival":
        if year:
            return f"{name} is of the whole run: leave its year empty"
    elif not (year.isascii() and year.isdigit() and 2017 <= int(year) <= 2025):
        return f"the year of {name} is {year!r}, expected 2017 to 2025"
    if area not in AREAS and not (area.isascii() and area.isdigit() and len(area) == 6):
        return f"the area of {name} is {area!r}, expected {', '.join(AREAS)} or a county's code"
    return ""
