"""People's data planted in every field of a file are nowhere in what is written or printed."""

from __future__ import annotations

import os
import stat
import traceback
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from app.cli import main
from calibration.registration import values
from calibration.registration.faults import RegistrationError
from calibration.registration.privacy import hashed, is_personal, read_key, shown
from tests.calibration.registration.exports import (
    HOUSEHOLD,
    MEMBER,
    Rows,
    export,
    write_csv,
    write_xlsx,
)  # fmt: skip

NAME, DOCUMENT, PHONE, CARD = "欧阳震华", "622926198001150036", "13919876543", "6217003810012345677"
SECRETS = (NAME, DOCUMENT, PHONE, CARD)
DIRECT = {
    "户主姓名",
    "户主证件号码",
    "村办公电话",
    "开户银行名称",
    "银行卡号",
    "姓名",
    "证件号码",
    "联系电话",
}
HARMLESS = DIRECT | {"村", "行政村", "自然村", "省", "市"}  # takes any text without an error


def _planted(rows: Rows, columns: set[str]) -> Rows:
    """Every secret in every one of the columns, each in another row."""
    header, body = rows[0], [list(row) for row in rows[1:]]
    places = [k for k, name in enumerate(header) if name in columns]
    for place in places:
        for k, secret in enumerate(SECRETS):
            body[(place * len(SECRETS) + k) % len(body)][place] = secret
    return [header, *body]


def _write(folder: Path, kind: str, rows: tuple[Rows, Rows]) -> list[str]:
    write = write_csv if kind == "csv" else write_xlsx
    folder.mkdir()
    return [
        str(write(folder / f"{name}.{kind}", part))
        for name, part in zip(("households", "members"), rows, strict=True)
    ]


def _leaks(folder: Path, printed: str) -> list[str]:
    """Secrets in any byte or decoded text of any file under a folder, or in what was printed."""
    found = [f"printed: {secret}" for secret in SECRETS if secret in printed]
    for path in folder.rglob("*"):
        if not path.is_file():
            continue
        data = path.read_bytes() + str(path).encode()
        if path.suffix == ".parquet":
            frame = pd.read_parquet(path)
            data += frame.to_csv().encode()
            assert not [c for c in frame if frame[c].dtype.kind not in "iuf"], "text was kept"
        for secret in SECRETS:
            for coding in ("utf-8", "gb18030", "utf-16-le"):
                if secret.encode(coding) in data:
                    found.append(f"{path.name}: {secret}")
    return found


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_nothing_planted_comes_out(
    kind: str, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FANPIN_DEBUG", "1")
    homes, people = export(24)
    homes, people = _planted(homes, set(HOUSEHOLD)), _planted(people, set(MEMBER))
    files = _write(tmp_path / "in", kind, (homes, people))
    out = tmp_path / "out"
    out.mkdir()
    faults = ["--faults", str(out / "faults.csv"), "--lang", "zh"]
    if kind == "csv":
        assert main(["registration", "check", *files]) == 2
    key = ["--key", str(tmp_path / "key"), *faults]
    assert main(["registration", "import", *files, "--out", str(out / "a"), *key]) == 2
    assert not (out / "a").exists()
    printed = capfd.readouterr()
    assert "personal" in printed.out
    assert len((out / "faults.csv").read_text(encoding="utf-8").splitlines()) > 50
    assert not _leaks(out, printed.out + printed.err)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_nothing_planted_is_imported(
    kind: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    homes, people = (_planted(rows, HARMLESS) for rows in export(24))
    for rows in (homes, people):  # and a column that nobody knows
        rows[0].append("备注")
        for k, row in enumerate(rows[1:]):
            row.append(SECRETS[k % len(SECRETS)])
    files = _write(tmp_path / "in", kind, (homes, people))
    out = tmp_path / "out"
    key = ["--key", str(tmp_path / "key")]
    assert main(["registration", "import", *files, "--out", str(out), *key]) == 0
    printed = capfd.readouterr()
    assert "personal_dropped" in printed.out and "备注" in printed.out
    assert {path.name for path in out.iterdir()} >= {"households.parquet", "members.parquet"}
    assert not _leaks(out, printed.out + printed.err)


def test_a_crash_says_its_place_and_no_data(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(_: object, texts: list[str]) -> None:
        raise ValueError(f"could not read {texts} of {NAME} {DOCUMENT}")

    homes, people = export(24)
    files = _write(tmp_path / "in", "csv", (_planted(homes, HARMLESS), people))
    monkeypatch.setattr(values, "read_texts", crash)
    assert main(["registration", "check", *files]) == 2
    printed = capfd.readouterr()
    assert "ValueError in values.py" in printed.err
    monkeypatch.setenv("FANPIN_DEBUG", "1")
    with pytest.raises(RegistrationError) as raised:
        main(["registration", "check", *files])
    told = "".join(traceback.format_exception(raised.value)) + printed.out + printed.err
    assert not [secret for secret in SECRETS if secret in told]


def test_folder_files_and_key_are_for_their_owner(tmp_path: Path) -> None:
    files = _write(tmp_path / "in", "csv", export(12))
    out, key = tmp_path / "out", tmp_path / "keys" / "my.key"
    assert main(["registration", "import", *files, "--out", str(out), "--key", str(key)]) == 0
    assert stat.S_IMODE(out.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in out.iterdir()} == {0o600}
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    text = key.read_text(encoding="ascii").strip()
    assert all(text not in path.read_bytes().decode("latin-1") for path in out.iterdir())


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    key = tmp_path / "key"
    assert len(read_key(key)) == 32
    os.chmod(key, 0o644)
    with pytest.raises(RegistrationError, match="chmod 600"):
        read_key(key)


def test_the_key_must_not_lie_in_the_output(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = _write(tmp_path / "in", "csv", export(12))
    out = tmp_path / "out"
    call = ["registration", "import", *files, "--out", str(out), "--key", str(out / "key")]
    assert main(call) == 2
    assert "must not lie in" in capsys.readouterr().err
    assert not out.exists()


def test_hashes_hold_under_a_key_and_only_there() -> None:
    one, other = (
        hashed(["A1", "A2", "A1", ""], b"k" * 32, "member"),
        hashed(["A1"], b"j" * 32, "member"),
    )
    assert one[0] == one[2] != one[1] and one[3] == 0 and one.dtype == np.uint64
    assert other[0] != one[0] != hashed(["A1"], b"k" * 32, "household")[0]


@pytest.mark.parametrize(
    "text",
    [DOCUMENT, f"{NAME}{DOCUMENT}", "62292619800115003X42", PHONE, f"电话：{PHONE}。", CARD,
     "139 1987 6543", "１３９１９８７６５４３", "6217 0038 1001 2345 677", "+8613919876543"],
)  # fmt: skip
def test_personal_numbers_are_seen(text: str) -> None:
    assert is_personal(text)


@pytest.mark.parametrize("text", ["12345.67", "2017-12-31", "622926101001", ""])
def test_other_numbers_are_not(text: str) -> None:
    assert not is_personal(text)


@pytest.mark.parametrize(
    ("text", "told"),
    [("12.5", "12.5"), ("因病", "因病"), ("-300", "-300"), (NAME, "(not shown: 4 characters)"),
     (PHONE, "(not shown: 11 digits)"), ("", "")],
)  # fmt: skip
def test_what_a_fault_shows_of_a_value(text: str, told: str) -> None:
    assert shown(text) == told
