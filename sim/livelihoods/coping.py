"""The ways in which a household copes with a month that its money does not cover.

`household.coping` holds a sum of these bits. They are set by `living` at the end of a month and
read in the next: by work (MIGRATE), by schooling (DROP_OUT) and by the seeking of care
(FORGO_CARE). The numbers are in the order in which a household tries them.
"""

from enum import IntEnum

__all__ = ["Coping"]


class Coping(IntEnum):
    """Bits of `household.coping`, in the order in which they are tried."""

    SAVINGS = 1
    """Spends more than it earns, out of its savings."""
    LESS = 2
    """Consumes less than it would like to, down to subsistence."""
    KIN = 4
    """Was helped by kin or neighbours in the village."""
    INFORMAL_LOAN = 8
    """Borrowed from relatives and friends elsewhere."""
    BANK_LOAN = 16
    """Borrowed from a bank."""
    SALE = 32
    """Sold livestock or goods."""
    MIGRATE = 64
    """Somebody must look for work away."""
    DROP_OUT = 128
    """Can not keep a pupil in school."""
    FORGO_CARE = 256
    """Can not pay for care."""
    HUNGRY = 512
    """Consumes less than subsistence."""
