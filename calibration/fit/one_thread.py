"""Linear algebra on one thread."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["one_thread"]


@contextmanager
def one_thread() -> Iterator[None]:
    """Keeps numpy and scikit-learn to one thread, as a context or as a decorator.

    So no sum depends on the number of cores; and matrices as small as these are faster by it.
    """
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        yield
