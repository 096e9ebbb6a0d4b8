"""A small table of parameters to test against, apart from the model's own."""

from pathlib import Path

import pytest

from scenarios import ParameterTable, load_parameters

FILES = {
    "illness": """
admission_rate:
  meaning: hospital admissions a registered person and year
  zh: 住院率
  unit: share/year
  value: 0.2
  range: [0.1, 0.4]
  prior: uniform(0.15, 0.25)
  source: a health survey
  grade: published
age_gradient:
  meaning: relative risk by age band
  unit: ratio
  value: [0.5, 1.0, 2.5]
  range: [0.1, 5]
  factor: lognormal(1, 0.1)
  source: assumption
  grade: assumed
""",
    "insurance": """
rate:
  meaning: share of the compliant cost above the deductible paid by basic insurance
  zh: 住院报销比例
  unit: share
  value: {2015-01: 0.65, 2018-01: 0.70}
  range: [0.5, 0.9]
  factor: normal(1, 0.02)[0.9, 1.1]
  source: assumption
  grade: assumed
  clause: A4.3
deductible:
  meaning: deductible of an admission
  unit: yuan
  value: 800
  range: [100, 2000]
  source: assumption
  grade: recalled
premium:
  meaning: premium of basic insurance
  unit: yuan/year
  value: 180
  range: [100, 400]
  source: recalled
  grade: recalled
stack:
  meaning: whether the two rises add up for the registered
  unit: switch
  value: false
  source: the plan does not say
  grade: assumed
""",
    "registry": """
quota:
  meaning: what the yearly exit plan does
  unit: choice
  value: ceiling
  choices: [data, ceiling, none]
  source: assumption
  grade: assumed
line:
  meaning: poverty line
  unit: yuan/year
  value: {2016-01: 2952, 2020-01: 4000}
  range: [2000, 8000]
  interpolate: linear
  source: recalled
  grade: recalled
""",
    "disaster": """
hail_rate:
  meaning: hailstorms a year and township
  unit: 1/year
  value: 0.2
  range: [0.05, 0.5]
  source: assumption
  grade: assumed
""",
    "work": """
job_loss:
  meaning: probability that a migrant loses the job in a month
  unit: share/month
  value: 0.02
  range: [0.01, 0.04]
  source: assumption
  grade: assumed
""",
}


@pytest.fixture(scope="session")
def parameter_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("parameters")
    for name, text in FILES.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def table(parameter_files: Path) -> ParameterTable:
    return load_parameters(parameter_files)


@pytest.fixture(scope="session")
def own() -> ParameterTable:
    """The parameters that come with the model."""
    return load_parameters()
