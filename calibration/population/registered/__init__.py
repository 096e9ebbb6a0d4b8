"""An imported register (建档立卡) as the starting population, and the model that fills its gaps.

A register holds the households that were ever registered, as the state saw them. The model needs
everybody, as they are. What is added is stated here; numbers stand in
calibration/data/register_model.yaml and, where the synthetic population has them too, in
margins.yaml and assumptions.yaml. Nothing is drawn but by hashes of ids, so an import gives the
same bits every time and a household is the same in every sample.

**When.** The model holds the register as of the end of 2016 through its burn-in. Of several data
years the last one up to 2016 is taken. A later one is set back: exits and first registrations
after 2016 are undone, and relapses whose date is not known to lie before (`reading`). People, land
and houses stay as they were found, and incomes are brought to 2016 by the growth of rural income.

**Villages** become synthetic villages of their township (of their county, where the township is
not known or has too few), the poorest the poorest, and take terrain, hazards and services from
them. How many households were never registered is what the village table says, else the county's
rural people, else its assumed incidence; they are synthetic ones of that village (`villages`).

**What a register leaves empty** comes from a donor: of the five synthetic registered households
(or persons) of the county that are most alike in size, labour, age, income seen and state, the one
that the household's hash points at (`donors`). Cash, debts and ties always come from it.

**True income.** What was written down is a true income times an error, log-normal with the bias
and spread of `report_bias` and `report_sigma`. First the heap is taken away: of the exits in the
band above the line, as many as exceed those of the next band were raised over it, and get a draw
from the distribution's part below (poor households below the line the other way round). Then the
true income is drawn from what is known of it given the one seen: normal in logs, about a mean
between the seen income and the group's, weighted by the part of the spread that is not error
(`incomes`). The error is of the whole; the components keep their shares.

**Lasting traits.** Earning power, farm skill and herd are set so that the model's own rules for
wages, crops and animals give these components, within `factor_limits` (`homes`). The true grade of
a house is drawn given its certificate, by Bayes' rule with the errors of certification.

**What is not kept**: transfers follow the model's rules (pensions, subsidies, kin), not the
register's amounts, but for minimum living; cooperatives, posts and workshops begin with the plan;
a serious illness becomes a chronic one, whose spells the model draws.
"""

from calibration.population.registered.building import build_registered, registered_digest
from calibration.population.registered.reading import REFERENCE, RegisterError

__all__ = ["REFERENCE", "RegisterError", "build_registered", "registered_digest"]
