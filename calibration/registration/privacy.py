"""What keeps people's data out of everything that is written: the key, the hashes, the scan."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import stat
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import numpy as np

from calibration.registration.faults import HIDDEN, RegistrationError
from calibration.registration.fields import plain, read_fields

__all__ = ["default_key_file", "hashed", "is_personal", "read_key", "shown"]

_DOCUMENT = re.compile(r"(?<!\d)[1-9]\d{5}(?:19|20)\d{9}[\dXx](?:\d\d)?(?![\dXx])")
_PHONE = re.compile(r"(?<!\d)(?:\+?86)?1[3-9]\d{9}(?!\d)")
_CARD = re.compile(r"(?<!\d)\d{16,19}(?!\d)")
_BREAKS = re.compile(r"[\s\-]+")
_SMALL = re.compile(r"[+-]?\d{1,6}(?:\.\d{1,2})?")


def default_key_file() -> Path:
    """Where the key stays: the user's config folder (XDG_CONFIG_HOME, else ~/.config)."""
    base = os.environ.get("XDG_CONFIG_HOME") or os.path.join(os.path.expanduser("~"), ".config")
    return Path(base) / "fanpin" / "registration.key"


def read_key(path: Path) -> bytes:
    """The key of 32 bytes; made at random with mode 0600 if the file is not there.

    Raises RegistrationError when it holds no key or others may read it.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(number, "w", encoding="ascii") as out:
            out.write(secrets.token_hex(32) + "\n")
    except FileExistsError:
        pass
    except OSError as error:
        raise RegistrationError(f"the key file {path} can not be made: {error.strerror}.") from None
    if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise RegistrationError(
            f"the key file {path} can be read by others, who could then tell who is who. "
            f"Mend it with: chmod 600 {path}"
        )
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (ValueError, OSError):
        key = b""
    if len(key) != 32:
        raise RegistrationError(
            f"{path} is no key file (64 hexadecimal digits). Name another one with --key; a new "
            "one is made if it is not there, and gives other ids than the old one did."
        )
    return key


def hashed(texts: Iterable[str], key: bytes, kind: str) -> np.ndarray:
    """uint64 keyed hashes (BLAKE2b) of texts, never 0; `kind` keeps households and persons apart.

    The same text gives the same hash in every file and year under one key. "" gives 0.
    """
    person = kind.encode()[:16]
    blake, read = hashlib.blake2b, int.from_bytes
    return np.fromiter(
        (
            (
                read(
                    blake(t.encode("utf-8"), digest_size=8, key=key, person=person).digest(), "big"
                )
                or 1
            )
            if t
            else 0
            for t in texts
        ),
        dtype=np.uint64,
    )


def is_personal(text: str) -> bool:
    """Whether a text holds what looks like an ID number, a mobile phone or a bank card."""
    if len(text) < 11:
        return False
    text = _BREAKS.sub("", unicodedata.normalize("NFKC", text))
    if _DOCUMENT.search(text) or _PHONE.search(text):
        return True
    return any(_luhn(found) for found in _CARD.findall(text))


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        number = int(digit) * (1 + place % 2)
        total += number - 9 if number > 9 else number
    return total % 10 == 0


def shown(text: str) -> str:
    """A value as a fault may show it: short numbers and words of the code lists, else its shape."""
    text = text.strip()
    if not text:
        return ""
    if _SMALL.fullmatch(text):
        return text
    word = plain(text)
    if word in _words():
        return text
    if word.isdigit():
        return f"{HIDDEN[:-1]}: {len(word)} digits)"
    return f"{HIDDEN[:-1]}: {len(text)} characters)"


@lru_cache(maxsize=1)
def _words() -> frozenset[str]:
    return frozenset(word for found in read_fields().lists.values() for word in found.lookup)
