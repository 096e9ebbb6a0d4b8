"""How much the quota decides, on a store where every number is known."""

import numpy as np
import pytest

from results.report import write
from results.report_quota import COMMAND, any_other, blocks, by_year, quota_text
from results.store import open_store
from tests.results.conftest import by_hand


def rows(exits, bound, pressed):
    """Two counties; {year: (exits, exits)}, and the same for the other two."""
    found = []
    for year in exits:
        for county, one, share, out in zip(
            (620102, 620103), exits[year], bound[year], pressed[year], strict=True
        ):
            for name, value in (("exits", one), ("quota_bound", share), ("exits_pressed", out)):
                found.append((county, year, 0, name, "", value))
        found += [
            (0, year, 0, "exits", "", sum(exits[year])),
            (0, year, 0, "quota_bound", "", float(np.mean(bound[year]))),
            (0, year, 0, "exits_pressed", "", sum(pressed[year])),
            (0, year, 12, "poor_registered", "", 1000.0 - sum(exits[year])),
        ]
    return found


NONE = {2017: (0.0, 0.0), 2018: (0.0, 0.0)}


@pytest.fixture
def quotas(tmp_path):
    plan = rows({2017: (30.0, 10.0), 2018: (50.0, 50.0)}, {2017: (0.5, 0.0), 2018: (0.0, 0.0)},
                {2017: (0.0, 0.0), 2018: (0.0, 4.0)})  # fmt: skip
    data = rows({2017: (20.0, 20.0), 2018: (60.0, 60.0)}, NONE, NONE)
    free = rows({2017: (50.0, 30.0), 2018: (40.0, 30.0)}, NONE, NONE)
    return by_hand(tmp_path / "quota", {
        ("plan", 0, 0): plan, ("plan-quota-data", 0, 0): data, ("plan-quota-free", 0, 0): free,
    }, until="2018-12")  # fmt: skip


def test_what_the_quota_decides_by_year(quotas):
    table = by_year(open_store(quotas))
    assert table["refused"].tolist() == [0.25, 0.0]
    # 2017: it bound in the first county alone; 2018: the second was filled under pressure
    assert table["set_by_quota"].tolist() == [0.75, 0.5]
    assert table["pressed"].tolist() == [0.0, 4.0]
    assert table["exits"].tolist() == [40.0, 100.0]
    assert table["data"].tolist() == [40.0, 120.0] and table["free"].tolist() == [80.0, 70.0]
    assert table["gap"].tolist() == [40.0, -30.0]
    assert table["explained"].tolist() == [pytest.approx(1 - 40 / 80), pytest.approx(1 - 140 / 150)]


def test_the_section_of_the_report_is_there_with_such_scenarios_alone(quotas, tmp_path):
    store = open_store(quotas)
    assert any_other(store)
    text, years, results = blocks(store, "en")
    assert "quota" in text["text"]
    assert [row["name"] for row in years["rows"]] == ["2017", "2018"]
    assert "75 %" in years["rows"][0]["cells"] and len(results["heads"]) == 3
    page = write(store, tmp_path / "report.html").read_text("utf-8")
    assert "The quota&#39;s" not in page and years["caption"].split(",")[0] in page
    other = by_hand(tmp_path / "bare", {("plan", 0, 0): rows(NONE, NONE, NONE)}, until="2018-12")
    assert not blocks(open_store(other), "en")


def test_the_text_tells_the_command_where_the_scenarios_are_missing(quotas, tmp_path):
    text = quota_text(open_store(quotas), "en")
    assert COMMAND not in text and "75 %" in text and "no quota less ceiling" in text
    table = quota_text(open_store(quotas), "zh", markdown=True)
    assert "| 2017 | 25%" in table and "|---|--:|" in table
    bare = by_hand(tmp_path / "bare", {("plan", 0, 0): rows(NONE, NONE, NONE)}, until="2018-12")
    assert COMMAND in quota_text(open_store(bare), "en")
    none = by_hand(tmp_path / "none", {("no-plan", 0, 0): rows(NONE, NONE, NONE)})
    assert COMMAND in quota_text(open_store(none), "zh")


def test_a_store_of_all_scenarios_but_those_says_what_it_can(store):
    assert by_year(store)["set_by_quota"].notna().any()
    assert COMMAND in quota_text(store, "en")
