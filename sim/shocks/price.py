"""The farm-gate price of each county."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.chance import normal, words
from sim.kernel import kernel
from sim.mechanism import Mechanism, Now
from sim.world.columns import column
from sim.world.world import World

__all__ = ["CropPrice"]


class CropPrice(Mechanism):
    """What a county's farmers get for their produce, relative to its trend.

    The logarithm follows a first-order autoregression by month. Part of each month's news is
    common to the whole scope, because the counties sell the same crops to the same buyers; the
    rest is the county's own. The mean of the price itself is 1.
    """

    name = "crop_price"
    zh = "农产品价格"
    reason = "Farm income depends on prices that no household sets and that all meet together."
    reads = ("county.code",)
    writes = ("county.price", "county.price_state")
    columns = (
        column("county", "price_state", "f8", "sd", "state of the price, in standard deviations",
               "价格状态"),
    )  # fmt: skip

    def province(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """This month's price of every county."""
        county = world.county
        news(chance, county.code.astype(np.uint64), county.price_state, county.price, p)


_COMMON = np.uint64(1)


@kernel
def news(chance, codes, state, price, p):
    """Draw the common and the own news and move every county's price on."""
    keep = p.persistence
    move = np.sqrt(max(0.0, 1.0 - keep * keep))
    common = normal(words(chance, _COMMON, 1)[0]) * np.sqrt(p.common)
    for c in range(len(codes)):
        own = normal(words(chance, codes[c], 1)[0]) * np.sqrt(1.0 - p.common)
        state[c] = keep * state[c] + move * (common + own)
        price[c] = np.float32(np.exp(p.sd * state[c] - 0.5 * p.sd * p.sd))
