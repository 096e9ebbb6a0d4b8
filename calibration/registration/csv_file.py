"""Reading a CSV file as text: its encoding, its delimiter, its rows as Excel counts them."""

from __future__ import annotations

import codecs
import csv
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from calibration.registration.faults import Faults, Place

__all__ = ["CsvScan", "csv_rows", "scan_csv"]

_BLOCK = 1 << 20
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"),
         (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
_ENCODINGS = ("utf-8", "gb18030")
_MANY = 20  # lines with NUL bytes that are named


@dataclass(frozen=True)
class CsvScan:
    """What a first pass over the bytes told. lines: about the number of rows."""

    encoding: str
    delimiter: str
    lines: int
    digest: str


def scan_csv(path: Path, faults: Faults) -> CsvScan | None:
    """Encoding, delimiter, lines and SHA-256 of a file; None, and a fault, if it is no text."""
    place = Place(path.name)
    size = 0
    digest = hashlib.sha256()
    with path.open("rb") as source:
        head = source.read(4)
        known = next((name for bom, name in _BOMS if head.startswith(bom)), None)
        tries = {name: codecs.getincrementaldecoder(name)() for name in
                 ([known] if known else _ENCODINGS)}  # fmt: skip
        lines, sample = 0, b""
        nul_lines: list[int] = []
        source.seek(0)
        while block := source.read(_BLOCK):
            size += len(block)
            digest.update(block)
            sample = sample or block[:65536]
            if known != "utf-16" and b"\x00" in block and len(nul_lines) < _MANY:
                nul_lines += _nul_lines(block, lines)
            lines += block.count(b"\n")
            _feed(tries, block, final=False)
    _feed(tries, b"", final=True)
    if not size:
        faults.add("empty_file", place)
        return None
    if nul_lines:
        faults.add("nul_bytes", place, rows=sorted(set(nul_lines))[:_MANY])
        return None
    if not tries:
        faults.add("encoding", place)
        return None
    encoding = next(iter(tries))
    text = sample.decode("utf-8-sig" if encoding == "utf-8" else encoding, errors="ignore")
    return CsvScan(encoding, _delimiter(text), lines, digest.hexdigest())


def _feed(tries: dict[str, codecs.IncrementalDecoder], block: bytes, final: bool) -> None:
    for name, decoder in list(tries.items()):
        try:
            decoder.decode(block, final)
        except UnicodeError:
            del tries[name]


def _nul_lines(block: bytes, before: int) -> list[int]:
    return [
        before + number
        for number, line in enumerate(block.split(b"\n"), start=1)
        if b"\x00" in line
    ]


def _delimiter(text: str) -> str:
    counts = {mark: text.count(mark) for mark in (",", "\t", ";")}
    return max(counts, key=lambda mark: counts[mark])


def csv_rows(path: Path, scan: CsvScan, faults: Faults) -> Iterator[Sequence[str]]:
    """The rows; ends early, with a fault, where a quote is not closed."""
    encoding = "utf-8-sig" if scan.encoding == "utf-8" else scan.encoding
    with path.open(encoding=encoding, newline="") as source:
        reader = csv.reader(source, delimiter=scan.delimiter, strict=True)
        number = 0
        while True:
            number += 1
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error:
                faults.add("broken_csv", Place(path.name), rows=number)
                return
            yield row
