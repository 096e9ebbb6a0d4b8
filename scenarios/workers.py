"""Worker processes: they end when the process that started them is gone."""

from __future__ import annotations

import os
import threading
import time

__all__ = ["end_with_parent"]

_watched = False


def end_with_parent(parent: int | None) -> None:
    """End this worker when the process that started it is gone, even by kill -9.

    parent: its number; None, or this process itself, is no worker. Further calls do nothing.
    """
    global _watched
    if parent is None or _watched or os.getpid() == parent:
        return
    _watched = True

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
