"""Writing a run store: atomic files, a lock, a manifest. docs/store.md describes the layout."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock, Timeout

__all__ = ["RunStore", "StoreError"]


class StoreError(RuntimeError):
    """The folder can not be written, or another batch is writing to it."""


def _explain(error: OSError, path: Path) -> StoreError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        what = "the disk is full. Free some space, then call the same command again: it goes on"
    elif error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        what = "the folder can not be written. Choose another with --out, or change its permissions"
    elif error.errno == errno.ENOTDIR or error.errno == errno.EEXIST:
        what = "a file stands where a folder is needed. Choose another --out"
    else:
        what = f"the folder can not be used ({error.strerror or error}). Choose another with --out"
    return StoreError(f"{path}: {what}")


def write_atomic(path: Path, write: Callable[[Path], None]) -> None:
    """Write a file beside its place and move it there when it is whole."""
    handle, name = -1, ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".part-", dir=path.parent)
        os.close(handle)
        write(Path(name))
        with open(name, "rb") as done:
            os.fsync(done.fileno())
        os.chmod(name, 0o644)
        os.replace(name, path)
    except OSError as error:
        raise _explain(error, path) from error
    finally:
        if name and os.path.exists(name):
            with contextlib.suppress(OSError):
                os.unlink(name)


class RunStore:
    """A folder with one Parquet file (runs/) and one JSON manifest (manifests/) a run."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self.runs = self.folder / "runs"
        self.manifests = self.folder / "manifests"
        self.failed = self.folder / "failed"

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the folder; a second batch that wants it is refused."""
        try:
            self.runs.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.folder / ".lock")
            lock.acquire(timeout=0)
        except Timeout:
            raise StoreError(
                f"{self.folder}: another batch is writing here. Wait for it, or choose another "
                f"folder with --out"
            ) from None
        except OSError as error:
            raise _explain(error, self.folder) from error
        try:
            for part in self.folder.rglob(".part-*"):  # left by a kill in the middle of a write
                part.unlink(missing_ok=True)
            yield
        finally:
            lock.release()

    def has(self, key: str) -> bool:
        """Whether a run is there, whole."""
        return (self.runs / f"{key}.parquet").exists() and (self.manifests / f"{key}.json").exists()

    def write(self, key: str, table: pd.DataFrame, manifest: Mapping[str, Any]) -> None:
        """Keep a finished run. The manifest comes last, so a run without one is not whole."""
        full = table.assign(
            scenario=pd.Categorical([manifest["scenario"]] * len(table)),
            draw=pd.array([manifest["draw"]] * len(table), dtype="int32"),
            replicate=pd.array([manifest["replicate"]] * len(table), dtype="int32"),
        )
        arrow = pa.Table.from_pandas(full, preserve_index=False)

        def put(path: Path) -> None:
            pq.write_table(arrow, path, compression="zstd")

        write_atomic(self.runs / f"{key}.parquet", put)
        self._json(self.manifests / f"{key}.json", manifest)
        (self.failed / f"{key}.json").unlink(missing_ok=True)

    def fail(self, key: str, manifest: Mapping[str, Any]) -> None:
        """Keep what is known of a run that failed, with its traceback."""
        self._json(self.failed / f"{key}.json", manifest)

    def manifest(self) -> dict[str, Any]:
        """The batch's manifest, empty for a new folder."""
        path = self.folder / "batch.json"
        if not path.exists():
            return {}
        try:
            return dict(json.loads(path.read_text("utf-8")))
        except (OSError, ValueError) as error:
            raise StoreError(f"{path}: not a manifest ({error}); choose another --out") from error

    def write_manifest(self, manifest: Mapping[str, Any]) -> None:
        """Keep the batch's manifest."""
        self._json(self.folder / "batch.json", manifest)

    @staticmethod
    def _json(path: Path, value: Mapping[str, Any]) -> None:
        text = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)

        def put(part: Path) -> None:
            part.write_text(text + "\n", "utf-8")

        write_atomic(path, put)
