"""Parameter files: what is read, and what is refused."""

from pathlib import Path

import pytest

from scenarios import ScenarioError, load_parameters
from scenarios.units import convert, spelling
from sim.calendar import month_index

GOOD = {
    "meaning": "a share", "unit": "share", "value": "0.7", "range": "[0.5, 0.9]",
    "source": "assumption", "grade": "assumed",
}  # fmt: skip


def mistakes(folder: Path, **changes: str | None) -> list[str]:
    """The messages for one entry that is sound but for the changes (None: key left out)."""
    entry = {key: text for key, text in {**GOOD, **changes}.items() if text is not None}
    lines = ["thing:", *(f"  {key}: {text}".rstrip() for key, text in entry.items())]
    (folder / "group.yaml").write_text("\n".join(lines), encoding="utf-8")
    try:
        load_parameters(folder)
    except ScenarioError as error:
        assert all(fault.file.endswith("group.yaml") for fault in error.faults)
        return [str(fault) for fault in error.faults]
    return []


def test_the_table_holds_what_the_files_say(table):
    rate = table["insurance.rate"]
    assert rate.value == {month_index("2015-01"): 0.65, month_index("2018-01"): 0.70}
    assert (rate.kind, rate.clause, rate.unit) == ("dated", "A4.3", "share")
    assert rate.factor is not None and rate.prior is None
    assert table["illness.age_gradient"].value == [0.5, 1.0, 2.5]
    assert table["registry.quota"].choices == ("data", "ceiling", "none")
    assert table["insurance.stack"].value == 0.0
    assert table["illness.admission_rate"].zh == "住院率"
    assert [spec.key for spec in table.uncertain()] == [
        "illness.admission_rate", "illness.age_gradient", "insurance.rate",
    ]  # fmt: skip
    assert list(table.groups()) == ["disaster", "illness", "insurance", "registry", "work"]


@pytest.mark.parametrize("key", ["meaning", "unit", "value", "range", "source", "grade"])
def test_each_required_key_is_missed(tmp_path, key):
    assert any(f"{key} is missing" in text for text in mistakes(tmp_path, **{key: None}))
    assert any(f"{key} is" in text for text in mistakes(tmp_path, **{key: ""}))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"sorce": "x"}, "Did you mean source?"),
        ({"grade": "guessed"}, "expected plan or published or recalled or assumed"),
        ({"grade": "assumd"}, "Did you mean assumed?"),
        ({"value": "70"}, "did you mean 0.7?"),
        ({"value": "70%"}, "Did you mean 0.7?"),
        ({"value": "true"}, "is a switch"),
        ({"value": "'0.7'"}, "is not a number"),
        ({"value": ".nan"}, "finite"),
        ({"value": "{}"}, "holds no number"),
        ({"value": "[]"}, "holds no number"),
        ({"value": "[0.6, 0.95]"}, "0.95 is outside the range"),
        ({"value": "{2018-13: 0.6}"}, "is not a month"),
        ({"value": "{1995-01: 0.6}"}, "outside the time"),
        ({"unit": "percent"}, "Use share"),
        ({"unit": "RMB"}, "Write yuan"),
        ({"unit": "3"}, "in quotes"),
        ({"range": "[0.9, 0.5]"}, "Swap them"),
        ({"range": "[50, 90]", "value": "70"}, "a share cannot reach 90"),
        ({"range": "0.5"}, "two numbers"),
        ({"clause": "A4.33"}, "Did you mean A4.3?"),
        ({"clause": "A4"}, "is a section"),
        ({"clause": "T4"}, "cannot be switched"),
        ({"prior": "uniform(0.1, 0.8)"}, "expected 0.5 to 0.9"),
        ({"prior": "uniform(0.75, 0.8)"}, "must include the default"),
        ({"prior": "normal(0.7, 1)"}, "lies outside the range"),
        ({"prior": "normal(0.7)"}, "is not a prior"),
        ({"prior": "unifrom(0.6, 0.8)"}, "Did you mean uniform?"),
        ({"factor": "lognormal(1, 0.1)"}, "has a prior, not a factor"),
        ({"value": "[0.6, 0.7]", "prior": "uniform(0.6, 0.8)"}, "a factor, not a prior"),
        ({"value": "[0.6, 0.7]", "factor": "uniform(1.1, 1.2)"}, "1 must be possible"),
        ({"interpolate": "linear"}, "only dated values"),
        ({"factor_from": "2018-01"}, "only a factor on dated values"),
        ({"value": "{2015-01: 0.6, 2018-01: 0.7}", "prior": None, "factor": "lognormal(1, 0.1)",
          "factor_from": "2017-01"}, "no value is dated in that month"),
        ({"interpolate": "linar", "value": "{2018-01: 0.6}"}, "Did you mean linear?"),
        ({"choices": "[a, b]"}, "not a choice"),
        ({"unit": "choice", "value": "a", "range": None}, "needs its choices"),
        ({"unit": "choice", "value": "ceilin", "choices": "[data, ceiling]", "range": None},
         "Did you mean ceiling?"),
        ({"unit": "choice", "value": "a", "choices": "[a, b]"}, "a choice has no range"),
        ({"unit": "switch", "value": "2", "range": None}, "outside the range 0 to 1"),
        ({"meaning": "5"}, "in quotes"),
    ],
)  # fmt: skip
def test_each_mistake_is_told_and_mended(tmp_path, changes, says):
    texts = mistakes(tmp_path, **changes)
    assert any(says in text for text in texts), texts


def test_a_factor_from_a_month_on_is_on_the_change_since_then(tmp_path):
    text = (
        "price:\n  meaning: a price\n  unit: index\n  range: [0.5, 1.25]\n"
        "  value: {2016-01: 0.9, 2017-01: 1.0, 2018-01: 1.1, 2019-01: 1.2}\n"
        "  factor: uniform(0, 2)\n  factor_from: 2017-01\n  source: assumption\n  grade: assumed\n"
    )
    (tmp_path / "group.yaml").write_text(text, encoding="utf-8")
    price = load_parameters(tmp_path)["group.price"]
    assert price.prior_text == "factor uniform(0, 2) on the change since 2017-01"
    assert list(price.drawn(0.5).values()) == pytest.approx([0.9, 1.0, 1.05, 1.1])
    assert list(price.drawn(2.0).values()) == pytest.approx([0.9, 1.0, 1.2, 1.25])  # the range
    assert price.drawn(1.0) == pytest.approx(price.value)


def test_sound_entries_have_no_mistake(tmp_path):
    assert mistakes(tmp_path) == []
    assert mistakes(tmp_path, prior="beta(14, 6)[0.5, 0.9]", zh="比例", clause="A4.3") == []
    assert mistakes(tmp_path, unit="yuan/year", value="-5", range="[-10, 10]") == []
    assert mistakes(tmp_path, unit="choice", value="none", choices="[none, all]", range=None) == []


def test_mistakes_of_all_files_come_at_once_and_nothing_is_loaded(tmp_path):
    (tmp_path / "one.yaml").write_text("a: 5\nb: 6\n")
    (tmp_path / "two.yaml").write_text("- x\n")
    (tmp_path / "Three-x.yaml").write_text("A: {meaning: m}\n")
    with pytest.raises(ScenarioError) as caught:
        load_parameters(tmp_path)
    text = str(caught.value)
    for part in ("one.yaml:1", "one.yaml:2", "two.yaml:1", "is not a group", "'A' is not a"):
        assert part in text
    with pytest.raises(ScenarioError, match="no such folder"):
        load_parameters(tmp_path / "nowhere")


def test_an_uncut_prior_is_drawn_within_the_range(tmp_path):
    assert mistakes(tmp_path, prior="normal(0.7, 0.1)") == []
    prior = load_parameters(tmp_path)["group.thing"].prior
    assert prior is not None and prior.support == (0.5, 0.9)


def test_units_are_converted_for_hints_only():
    assert convert(5, "yuan/month", "yuan/year") == 60
    assert convert(1, "万元", "yuan") == 10000
    assert convert(70, "%", "share") == pytest.approx(0.7)
    assert convert(2, "years", "months") == 24
    assert convert(0.01, "share/month", "share/year") == pytest.approx(1 - 0.99**12)
    assert convert(1, "yuan", "share") is None and convert(1, "yuan/mu", "yuan/kW") is None
    assert spelling("RMB per month") == "yuan/month" and spelling("yuan/mu") == "yuan/mu"


def test_the_models_own_parameters_are_sound(own):
    assert len(own) > 100 and own.uncertain()
    assert all(spec.source and spec.grade and spec.meaning for spec in own.values())
