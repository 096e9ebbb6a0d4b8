"""Who paid which part of a hospital bill, in words, for `fanpin follow`."""

from __future__ import annotations

from typing import Any

from sim.measures.a04_stack import receipt_of
from sim.world.codes import Registered

__all__ = ["tell_bill"]


def yuan(fen: float) -> str:
    """Fen as yuan, whole if it is."""
    value = fen / 100.0
    return f"{value:,.0f}" if abs(value) >= 100 or value == round(value) else f"{value:,.2f}"


def tell_bill(mechanism: Any, old: dict[str, Any], new: dict[str, Any], household: dict[str, Any],
              january: bool, funded: float) -> str:  # fmt: skip
    """A sentence on one month's hospital bill.

    mechanism: the bound medical insurance. old, new: the patient's cells before and after it ran.
    household: the household's cells before it ran. funded: share of assistance there is money for.
    """
    if new["forgone"] or not new["bill"]:
        return "goes without care"
    p = mechanism.p
    state = household["registered"]
    supported = state in (Registered.POOR, Registered.RELAPSED) or (
        state == Registered.EXITED and p.exited_supported > 0
    )
    spent = 0 if january else int(old["bill_year"])
    other = int(new["other_year"]) - (0 if january else int(old["other_year"]))
    receipt = receipt_of(
        p, bill=int(new["bill"]), own=int(new["own"]), other=other, spent=spent,
        spent_after=int(new["bill_year"]), insured=bool(old["insured"]), supported=supported,
        helped=supported or bool(household["dibao"]), funded=funded,
        owed=0 if january else int(household.get("owed_year", 0)),
        severe=supported and 0 < old["disability"] <= p.severe_grade,
    )  # fmt: skip
    if receipt is None:
        return f"bill {yuan(new['bill'])}, pays {yuan(new['own'])} (several stays in a month)"
    parts = [
        (receipt.basic, "basic insurance"), (receipt.serious, "serious-illness insurance"),
        (receipt.second, "second insurance"), (receipt.assistance, "medical assistance"),
        (receipt.absorbed, "the hospital"),
    ]  # fmt: skip
    paid = ", ".join(f"{who} {yuan(fen)}" for fen, who in parts if fen)
    paid = paid or "nothing paid by others"
    return f"bill {yuan(new['bill'])}: {paid}; own part {yuan(new['own'])} yuan"
