"""Priors of uncertain parameters, and the draws a batch takes from them.

Four forms, each with an optional truncation behind it:

    uniform(a, b)   normal(mean, sd)[low, high]   beta(a, b)   lognormal(median, sigma)

A draw is the inverse distribution function of one uniform number, which is a hash of the seed,
the parameter's name and the number of the draw. So draw k is the same however many are asked
for, and a parameter added to the files changes nobody else's draws; a Latin hypercube or a Sobol
sequence would give up one or the other (the dimension of a parameter depends on all the rest).
The price is the plain Monte Carlo error. SHA-256 is used because it is the same everywhere.
"""

from __future__ import annotations

import hashlib
import math
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scenarios.faults import did_you_mean
from scenarios.units import short

if TYPE_CHECKING:
    from scenarios.parameter import ParameterTable

__all__ = ["FORMS", "Prior", "draw_parameters", "uniform_hash"]

FORMS = {
    "uniform": ("lowest", "highest"),
    "normal": ("mean", "sd"),
    "beta": ("a", "b"),
    "lognormal": ("median", "sigma"),
}

_NUMBER = r"\s*([-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)\s*"
_SHAPE = re.compile(
    rf"\s*(\w+)\s*\({_NUMBER},{_NUMBER}\)\s*(?:\[{_NUMBER},{_NUMBER}\])?\s*", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Prior:
    """A distribution `form(a, b)` cut to [low, high]; without a cut these are its natural ends.

    lognormal: `a` is the median and `b` the standard deviation of the logarithm.
    """

    form: str
    a: float
    b: float
    low: float
    high: float

    @classmethod
    def parse(cls, text: str) -> Prior:
        """Read "normal(0.1, 0.05)[0, 0.25]". ValueError says what is wrong with it."""
        found = _SHAPE.fullmatch(text) if isinstance(text, str) else None
        if found is None:
            raise ValueError(f"{text!r} is not a prior, such as uniform(0.1, 0.3)")
        form = found[1]
        if form not in FORMS:
            forms = ", ".join(FORMS)
            hint = did_you_mean(form, FORMS)
            raise ValueError(f"there is no prior {form!r} (there are {forms}). {hint}".strip())
        a, b = float(found[2]), float(found[3])
        if max(abs(a), abs(b)) > 1e12:
            raise ValueError(f"a number in {text!r} is too large")
        if form == "uniform" and not a < b:
            raise ValueError(f"in uniform(a, b), a must be less than b, not {a:g} and {b:g}")
        if form == "normal" and not b > 0:
            raise ValueError(f"the sd of a normal must be above 0, not {b:g}")
        if form in ("beta", "lognormal") and not (a > 0 and b > 0):
            raise ValueError(f"both numbers of a {form} must be above 0, not {a:g} and {b:g}")
        if form == "lognormal" and b > 5:
            raise ValueError(f"sigma is the sd of the logarithm; {b:g} would span all magnitudes")
        prior = cls(form, a, b, *_natural_ends(form, a, b))
        if found[4] is None:
            return prior
        low, high = float(found[4]), float(found[5])
        if not low < high:
            raise ValueError(f"in [low, high], low must be less than high, not {low:g}, {high:g}")
        if prior.mass(low, high) < 1e-6:
            raise ValueError(f"nothing of {form}({a:g}, {b:g}) lies in [{low:g}, {high:g}]")
        return prior.within(low, high)

    @property
    def support(self) -> tuple[float, float]:
        """The lowest and the highest value a draw can have (may be infinite)."""
        return self.low, self.high

    @property
    def cut(self) -> bool:
        """Whether the writer gave its ends: a uniform, or any other with [low, high]."""
        natural = _natural_ends(self.form, self.a, self.b)
        return self.form == "uniform" or self.support != natural

    def within(self, low: float, high: float) -> Prior:
        """The same distribution cut further, to [low, high]."""
        return replace(self, low=max(self.low, low), high=min(self.high, high))

    def mass(self, low: float, high: float) -> float:
        """Share of the distribution before its own cut that lies in [low, high]."""
        return self._cdf(high) - self._cdf(low)

    def quantile(self, u: float) -> float:
        """The value below which a share `u` (0 to 1) of the draws lies."""
        if not 0 <= u <= 1:
            raise ValueError(f"a quantile is asked for by a number from 0 to 1, not {u!r}")
        below, up_to = self._cdf(self.low), self._cdf(self.high)
        value = self._inverse(below + u * (up_to - below))
        return min(max(value, self.low), self.high)  # rounding must not leave the support

    def _cdf(self, x: float) -> float:
        if self.form == "uniform":
            return min(max((x - self.a) / (self.b - self.a), 0.0), 1.0)
        if self.form == "normal":
            return _normal_cdf((x - self.a) / self.b)
        if self.form == "lognormal":
            return _normal_cdf(math.log(x / self.a) / self.b) if x > 0 else 0.0
        from scipy.special import betainc  # scipy.stats says the same but takes long to import

        return float(betainc(self.a, self.b, min(max(x, 0.0), 1.0)))

    def _inverse(self, u: float) -> float:
        if self.form == "uniform":
            return self.a + u * (self.b - self.a)
        from scipy.special import betaincinv, ndtri

        if self.form == "beta":
            return float(betaincinv(self.a, self.b, u))
        if self.form == "normal":
            return self.a + self.b * float(ndtri(u))
        return self.a * math.exp(self.b * float(ndtri(u)))

    def __str__(self) -> str:
        text = f"{self.form}({short(self.a)}, {short(self.b)})"
        if self.support == _natural_ends(self.form, self.a, self.b):
            return text
        return f"{text}[{short(self.low)}, {short(self.high)}]"


def _natural_ends(form: str, a: float, b: float) -> tuple[float, float]:
    ends = {"uniform": (a, b), "beta": (0.0, 1.0), "lognormal": (0.0, math.inf)}
    return ends.get(form, (-math.inf, math.inf))


def _normal_cdf(z: float) -> float:
    return 0.5 * math.erfc(-z / math.sqrt(2))


def uniform_hash(seed: int, name: str, number: int) -> float:
    """A uniform number strictly between 0 and 1 for draw `number` of the parameter `name`."""
    digest = hashlib.sha256(f"{seed}|{name}|{number}".encode()).digest()
    return (int.from_bytes(digest[:8], "little") // 2**12 + 0.5) / 2**52


def draw_parameters(table: ParameterTable, number: int, seed: int) -> list[dict[str, float]]:
    """`number` draws of every uncertain parameter, the same for every scenario.

    Each draw maps "group.name" to a value (for a parameter with a prior) or to a common factor
    (for dated values and tables). `number` 0 gives no draw: the default values are then used.
    """
    if number < 0:
        raise ValueError(f"the number of draws must be 0 or more, not {number}")
    return [
        {
            spec.key: spec.distribution.quantile(uniform_hash(seed, spec.key, k))
            for spec in table.uncertain()
            if spec.distribution is not None
        }
        for k in range(number)
    ]
