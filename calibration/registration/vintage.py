"""Which year a row of an export describes: an explicit table, because the text does not tell."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from calibration.population.inputs import DATA

__all__ = ["VintageError", "read_vintages"]

SHIPPED = DATA / "registration_vintages.yaml"
_FIRST, _LAST = 2005, 2035


class VintageError(ValueError):
    """A table of vintages can not be read."""


def read_vintages(path: Path | None = None) -> Mapping[str, int]:
    """Data year as it stands in an export -> year the row describes.

    Raises VintageError naming the file and what is wrong with it.
    """
    from ruamel.yaml import YAML, YAMLError

    path = path or SHIPPED
    try:
        raw = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise VintageError(f"{path}: there is no such file of vintages.") from None
    except (YAMLError, UnicodeDecodeError):
        raise VintageError(f"{path}: this is no YAML file in UTF-8; copy {SHIPPED}.") from None
    entries = raw.get("vintages") if isinstance(raw, dict) else None
    if not isinstance(entries, dict) or not entries:
        raise VintageError(f"{path}: there is no table `vintages:`; copy {SHIPPED} and add to it.")
    return {str(text).strip(): _year(path, str(text), one) for text, one in entries.items()}


def _year(path: Path, text: str, entry: object) -> int:
    year = entry.get("year") if isinstance(entry, dict) else entry
    if isinstance(year, int) and not isinstance(year, bool) and _FIRST <= year <= _LAST:
        return year
    raise VintageError(
        f"{path}: the entry for {text} must be a year from {_FIRST} to {_LAST}, as in "
        f'"201712": {{year: 2017}}.'
    )
