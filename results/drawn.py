"""Where the parameters of a batch come from, in words: default values, priors or a posterior."""

from __future__ import annotations

from results.store import Store
from results.texts import phrase

__all__ = ["fitted_note", "parameters_line", "source"]

SHOWN = 12


def source(store: Store, lang: str) -> str:
    """From what the parameters were drawn."""
    if store.posterior:
        return phrase("source_posterior", lang, name=store.posterior.get("name", ""))
    return phrase("source_prior", lang)


def fitted_note(store: Store, lang: str) -> str:
    """Whether anything was fitted."""
    if store.posterior:
        return phrase("fitted_some", lang, n=len(store.posterior.get("fitted") or []))
    return phrase("fitted_none", lang)


def parameters_line(store: Store, lang: str) -> str:
    """The whole sentence: which posterior, made by what, what was fitted in it."""
    if not store.draws:
        return phrase("draws_none", lang)
    about = store.posterior
    if not about:
        return phrase("draws_prior", lang, draws=store.draws)
    fitted = [str(key) for key in about.get("fitted") or []]
    listed = ", ".join(fitted[:SHOWN]) + (" ..." if len(fitted) > SHOWN else "")
    unknown = phrase("unknown_value", lang)
    return phrase(
        "draws_posterior", lang, draws=store.draws, name=about.get("name", ""),
        command=about.get("command") or unknown, fitted=listed or unknown,
    )  # fmt: skip
