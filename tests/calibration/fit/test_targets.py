"""Targets: read, with their errors; what is kept for validation is refused."""

import csv
import math

import numpy as np
import pandas as pd
import pytest

from calibration.figures import read_figures, read_rules
from calibration.fit.target_tables import figure_error, held_back, published
from calibration.fit.targets import Target, TargetError, Targets, read_targets
from calibration.population.inputs import DATA
from sim.calendar import month_index

HEAD = "statistic,year,area,value,error,source,use\n"


def write(tmp_path, text, name="mine.csv"):
    path = tmp_path / name
    path.write_text(HEAD + text, encoding="utf-8")
    return str(path)


def test_published_figures_each_used_or_left_out_with_a_reason():
    found = read_targets(["published"])
    fit = {id for id, figure in read_figures().items() if figure.use == "calibrate"}
    used = {key.removeprefix("figure:") for key in found.keys}
    left = {key.removeprefix("figure:") for key, _ in found.left_out}
    assert used | left == fit and not used & left
    assert all(reason for _, reason in found.left_out)
    assert (found.error > 0.1 * np.abs(found.observed)).all()  # at least what the model leaves out
    assert found.until == month_index("2018-12")


def test_an_error_by_hand():
    """Seen and high 2 %, half of the band 0.75 to 1 over the root of 3, a tenth for the model."""
    figures = read_figures()
    rules = read_rules(figures)
    errors = {
        "grades": {"seen": {"high": 0.02}}, "model": 0.1,
        "used": {"income_2018": {"definition": 0.05}},
    }  # fmt: skip
    value, error = figure_error(figures, rules, "income_2018", errors)
    assert value == pytest.approx(8804 * 0.875)
    shares = (0.02, 0.125 / 0.875 / math.sqrt(3), 0.05, 0.1)
    assert error == pytest.approx(value * math.sqrt(sum(x * x for x in shares)))


def test_a_figure_of_another_use_is_in_no_list():
    taken, left = published()
    ids = {one[0] for one in taken} | {one[0].removeprefix("figure:") for one in left}
    assert not ids & {id for id, f in read_figures().items() if f.use != "calibrate"}
    assert not ids & set(held_back())


def test_a_table(tmp_path):
    path = write(
        tmp_path,
        "registered_rate,2018,deep,0.12,0.01,county yearbook,calibrate\n"
        "survival_12,,,0.98,0.01,,\n"
        "income_p50,2018,620421,,,,\n"
        "income_p90,2018,all,9000,,,\n"
        ",,,,,,\n",
    )
    found = read_targets([path])
    assert found.keys == ("registered_rate:2018:deep", "survival_12::all", "income_p90:2018:all")
    assert found.observed.tolist() == [0.12, 0.98, 9000.0]
    assert found.error.tolist() == pytest.approx([0.01, 0.01, 900.0])  # the model's alone
    assert found.left_out == (("income_p50:2018:620421", "mine.csv, row 4: no value"),)
    assert found.targets[0].source == "county yearbook"


@pytest.mark.parametrize("suffix", ["xlsx", "parquet"])
def test_other_kinds_of_tables(tmp_path, suffix):
    frame = pd.DataFrame(
        {"Statistic": ["gini", "gini_registered"], "year": [2018, np.nan],
         "area": ["all", 620421], "value": [0.3, np.nan], "error": [0.02, np.nan]}
    )  # fmt: skip
    path = tmp_path / f"mine.{suffix}"
    if suffix == "xlsx":
        frame.to_excel(path, index=False)
    else:
        frame.astype({"area": str}).to_parquet(path)
    with pytest.raises(TargetError, match="row 3: the year of gini_registered is ''"):
        read_targets([str(path)])


def test_a_folder_stands_for_its_targets(tmp_path):
    folder = tmp_path / "people"
    folder.mkdir()
    with pytest.raises(TargetError, match=r"has no targets\.csv"):
        read_targets([str(folder)])
    write(folder, "gini,2018,all,0.3,0.02,,\n", "targets.csv")
    assert read_targets([str(folder), "published"]).keys[0] == "gini:2018:all"


def test_vector_and_until():
    targets = Targets((Target("gini:2017:all", 0.3, 0.1), Target("survival_24::all", 0.9, 0.1)))
    assert targets.vector({"survival_24::all": 0.5})[1] == 0.5
    assert math.isnan(targets.vector({})[0])
    assert targets.until == month_index("2019-12")
    assert len(targets) == 2


def test_every_fault_at_once(tmp_path):
    path = write(
        tmp_path,
        "registered_rat,2018,all,0.1,0.1,,\n"
        "gini,2018,all,much,0.1,,\n"
        "gini,2018,deep,0.3,-1,,\n"
        "relapse_share,2018,all,0,,,\n"
        "figure:nothing,,,1,1,,\n"
        "gini,2017,all,0.3,0.1,,\n"
        "gini,2017,all,0.3,0.1,,\n",
    )
    with pytest.raises(TargetError) as caught:
        read_targets([path, str(tmp_path / "none.csv")])
    text = str(caught.value)
    for said in (
        "mine.csv, row 2: there is no statistic 'registered_rat'. Did you mean registered_rate?",
        "row 3: the value is 'much'", "row 4: the error is '-1'",
        "row 5: a value of 0 needs an error", "row 6: no published figure 'nothing'",
        "row 8: gini:2017:all was given before, in mine.csv, row 7", "there is no file",
    ):  # fmt: skip
        assert said in text


def test_what_is_kept_for_validation_is_refused(tmp_path):
    with (DATA / "held_back.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    lines = [f"{row['key']},{row['year'][:4]},,1,1,," for row in rows]
    lines += [f"figure:{row['id']},,,1,1,," for row in rows]
    lines += ["gini,2018,all,0.3,0.1,,validate", "gini,2017,all,0.3,0.1,,check only"]
    with pytest.raises(TargetError) as caught:
        read_targets([write(tmp_path, "\n".join(lines) + "\n")])
    text = str(caught.value)
    for number in range(len(lines)):
        assert f"row {number + 2}: " in text
    assert "kept for validation" in text and "has the use 'validate'" in text
    assert "has the use 'check only'" in text


def test_no_table(tmp_path):
    (tmp_path / "bad.csv").write_text("key;value\n1;2\n")
    (tmp_path / "bad.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    (tmp_path / "bad.txt").write_text("x")
    with pytest.raises(TargetError, match="the column statistic and value and error is missing"):
        read_targets([str(tmp_path / "bad.csv")])
    with pytest.raises(TargetError, match="cannot be read"):
        read_targets([str(tmp_path / "bad.xlsx")])
    with pytest.raises(TargetError, match=r"a table is \.csv"):
        read_targets([str(tmp_path / "bad.txt")])
    with pytest.raises(TargetError, match="no target with a value"):
        read_targets([write(tmp_path, "gini,2018,all,,,,\n")])
