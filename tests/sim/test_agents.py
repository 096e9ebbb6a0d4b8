"""Mesa's own tools on the province, the counties and the villages."""

from __future__ import annotations

import mesa
import pytest

from scenarios.library import load_parameters
from scenarios.run import model_seed, resolve
from scenarios.scenario import load_scenario
from sim.calendar import PLAN_START
from sim.model import County, PovertyModel, Province
from sim.world.agents import villages


@pytest.fixture(scope="module")
def model(people):
    table = load_parameters()
    until = PLAN_START + 1
    parameters = resolve(load_scenario("plan", table), None, until, table)
    made = PovertyModel(
        people, parameters, seed=model_seed(1, 0), until=until, start=PLAN_START - 1
    )
    made.run()
    return made


def test_it_is_a_mesa_model_with_deciding_agents(model):
    assert isinstance(model, mesa.Model)
    assert {Province, County} <= set(model.agent_types)
    assert len(model.agents_by_type[County]) == 2


def test_villages_are_views_on_their_rows(model):
    some = villages(model)
    assert len(some) == len(model.world.village.id)
    assert some.agg("migrants", sum) == int(model.world.village.migrants.sum())
    deep = some.select(lambda v: v.deep == 1)
    assert len(deep) == int(model.world.village.deep.sum())
    model.world.village.migrants[0] += 1
    assert some.agg("migrants", sum) == int(model.world.village.migrants.sum())
    assert villages(model) is not None and len(villages(model)) == len(some)
    with pytest.raises(AttributeError, match="no column"):
        next(iter(some)).nonsense  # noqa: B018


def test_mesas_data_collector_works_on_them(model):
    some = villages(model)
    collector = mesa.DataCollector(
        agenttype_reporters={type(next(iter(some))): {"poor": "registered_poor"}}
    )
    collector.collect(model)
    frame = collector.get_agenttype_vars_dataframe(type(next(iter(some))))
    assert frame["poor"].sum() == int(model.world.village.registered_poor.sum())
