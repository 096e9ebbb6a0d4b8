"""The ODD description: its tables are the code's, its markers and links lead somewhere."""

from __future__ import annotations

import re

import pytest

from app.odd_tables import TABLES, draws_more, fill
from app.pages import FOLDER
from scenarios.library import load_parameters
from sim.month import SCHEDULE

TEXT = (FOLDER / "odd.md").read_text("utf-8")
MECHANISMS = {one.name: one for one in SCHEDULE.mechanisms()}


def test_every_table_stands_in_the_page_once():
    assert sorted(re.findall(r"<!-- table: (\w+) -->", TEXT)) == sorted(TABLES)
    assert TEXT.count("<!-- end of table -->") == len(TABLES)


def test_an_unknown_table_is_named():
    with pytest.raises(ValueError, match="no table 'streems'; there are"):
        fill("<!-- table: streems -->\n<!-- end of table -->", "docs/odd.md")


def test_filling_changes_nothing_but_the_tables_and_can_be_repeated():
    once = fill(
        "before\n<!-- table: entities -->\nstale words\n<!-- end of table -->\nafter\n", "x"
    )
    assert once.startswith("before\n<!-- table: entities -->\n| entity")
    assert once.endswith("<!-- end of table -->\nafter\n") and "stale" not in once
    assert fill(once, "x") == once


def test_counts_are_those_of_the_code():
    table = load_parameters()
    (total,) = [line for line in TABLES["parameters"]() if "**all**" in line]
    assert f" {len(table)} | {len(table.uncertain())} |" in total
    listed = re.findall(r"`(\w+)`", " ".join(TABLES["schedule"]()))
    assert set(MECHANISMS) <= set(listed)
    states = [re.findall(r"`(\w+)`", line) for line in TABLES["variables"]()]
    pushed = [c for c in SCHEDULE.columns().values() if c.combine == "sum"]
    accounts = [c for c in SCHEDULE.columns().values() if c.name.startswith(("paid_", "did_"))]
    apart = {c.key for c in (*pushed, *accounts)}
    assert sum(map(len, states)) == len(SCHEDULE.columns()) - len(apart)


@pytest.mark.parametrize(
    ("name", "more"),
    [("schooling", True), ("crop_price", True), ("m2_credit", True), ("a04_doctors", True),
     ("living", False), ("people", False), ("true_status", False), ("m1_budget", False)],
)  # fmt: skip
def test_who_draws_by_id_is_seen(name, more):
    assert draws_more(MECHANISMS[name]) is more


def test_a_mechanism_that_draws_has_its_stream_in_the_page():
    streams = " ".join(TABLES["streams"]())
    for name, one in MECHANISMS.items():
        assert (f"`{name}`" in streams) == bool(one.draws or draws_more(one)), name


def test_parameters_named_in_the_words_exist():
    words = re.sub(r"<!-- table.*?<!-- end of table -->", "", TEXT, flags=re.DOTALL)
    table = load_parameters()
    for key in re.findall(r"`([a-z]\w*\.[a-z]\w*)`", words):
        assert key in table or (FOLDER / key).exists(), key


def test_headings_are_in_both_languages_and_the_order_is_that_of_the_protocol():
    heads = re.findall(r"^#{2,3} (?:[\d.]+ )?(.*)$", TEXT, re.MULTILINE)
    assert all(re.search(r"[\u4e00-\u9fff]", head) for head in heads), heads
    order = ["摘要", "Purpose and patterns", "Purpose", "Patterns", "Entities", "Process overview",
             "Design concepts", "Theoretical", "Individual decision", "Learning",
             "Individual sensing", "Individual prediction", "Interaction", "Collectives",
             "Heterogeneity", "Stochasticity", "Observation", "Details", "Implementation",
             "Initialisation", "Input data", "Submodels"]  # fmt: skip
    places = [next(i for i, head in enumerate(heads) if head.startswith(name)) for name in order]
    assert places == sorted(places)
