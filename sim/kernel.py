"""Compiled rules, and a compile cache that is never stale.

`@kernel` compiles a plain Python loop with numba when it is first called and keeps the machine
code on disk. Numba's own cache looks only at the file in which a function stands: edit a
function in another file that the kernel calls, and the old machine code goes on answering. Here
the key of a kernel is a hash of its own source and of everything it calls or reads at module
level, so an edit recompiles exactly what it touches, and a version once compiled is found again.

`inline=True` marks a small function for use inside other kernels; it is part of their code and
has no cache file of its own.
"""

from __future__ import annotations

import hashlib
import inspect
import os
import sys
import tempfile
import textwrap
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

import numba
import numpy as np
from numba.core.caching import FunctionCache, _CacheLocator
from numba.core.registry import CPUDispatcher

__all__ = ["Record", "cache_folder", "entry_point", "kernel", "records", "source_hash"]


class Record(np.void):  # type: ignore[misc]
    """One row of an array of records, with its fields as attributes.

    Like numpy's `np.record`, whose every attribute goes through Python: numba asks three records
    for their memory at each call of a rule, and that took longer than all the columns.
    """

    @cached_property
    def data(self) -> Any:
        """Its memory, described once: numpy tells all fields anew each time it is asked."""
        return np.void.data.__get__(self)

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except ValueError:
            raise AttributeError(name) from None

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value


def records(dtype: np.dtype, count: int = 1) -> Any:
    """An array of `count` records of zeros; `records(dtype)[0]` is a Record that shares it."""
    return np.zeros(count, np.dtype((Record, dtype)))


def cache_folder() -> Path:
    """Where compiled kernels are kept: FANPIN_CACHE, else the user's cache folder."""
    chosen = os.environ.get("FANPIN_CACHE")
    if chosen:
        return Path(chosen) / "kernels"
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    folder = Path(base) / "fanpin" / "kernels"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return Path(tempfile.gettempdir()) / "fanpin-kernels"
    return folder


def _text(function: Any) -> str:
    try:
        return textwrap.dedent(inspect.getsource(function))
    except (OSError, TypeError):  # no source, as in an interactive session
        code = function.__code__
        return repr((code.co_code, code.co_consts, code.co_names))


def _names(code: Any) -> set[str]:
    found = set(code.co_names)
    for constant in code.co_consts:
        if hasattr(constant, "co_names"):
            found |= _names(constant)
    return found


def _collect(function: Any, seen: dict[str, str]) -> None:
    key = f"{function.__module__}.{function.__qualname__}"
    if key in seen:
        return
    seen[key] = _text(function)
    outer = dict(function.__globals__)
    if function.__closure__:
        for name, cell in zip(function.__code__.co_freevars, function.__closure__, strict=True):
            outer[name] = cell.cell_contents
    names = _names(function.__code__) | set(function.__code__.co_freevars)
    for name in sorted(names & outer.keys()):
        _collect_value(f"{key}:{name}", outer[name], names, seen)


def _collect_value(key: str, value: Any, names: set[str], seen: dict[str, str]) -> None:
    if isinstance(value, CPUDispatcher):
        _collect(value.py_func, seen)
    elif inspect.isfunction(value):
        _collect(value, seen)
    elif isinstance(value, np.ndarray):
        seen[key] = hashlib.sha256(value.tobytes() + str(value.dtype).encode()).hexdigest()
    elif isinstance(value, ModuleType):
        # a module of this project, used as `module.function(...)`: all attributes that are named
        if value.__name__.split(".")[0] in {"sim"}:
            for name in sorted(names):
                if hasattr(value, name):
                    _collect_value(f"{value.__name__}:{name}", getattr(value, name), names, seen)
    elif isinstance(value, type):
        seen[key] = f"{value.__module__}.{value.__qualname__}"
        seen[key] += repr(getattr(value, "_fields", ()))
        if issubclass(value, int):  # an IntEnum: its numbers end up in the machine code
            seen[key] += repr([(m.name, int(m)) for m in value])  # type: ignore[attr-defined]
    else:
        seen[key] = repr(value)


def source_hash(function: Any) -> str:
    """A hash of a kernel's source and of all it calls or reads at module level, recursively."""
    seen: dict[str, str] = {"numba": numba.__version__, "numpy": np.__version__}
    seen["options"] = repr(sorted(getattr(function, "targetoptions", {}).items()))
    _collect(getattr(function, "py_func", function), seen)
    whole = "\0".join(f"{key}\1{seen[key]}" for key in sorted(seen))
    return hashlib.sha256(whole.encode()).hexdigest()[:20]


class _HashLocator(_CacheLocator):
    """Tells numba to key its files by our hash, in one folder outside the source tree."""

    def __init__(self, function: Any) -> None:
        self._function = function
        self._hash = source_hash(function)

    def get_cache_path(self) -> str:
        return str(cache_folder())

    def get_source_stamp(self) -> str:
        return self._hash

    def get_disambiguator(self) -> str:
        return self._hash

    @classmethod
    def from_function(cls, py_func: Any, py_file: str) -> _HashLocator:
        return cls(py_func)


_Impl: Any = FunctionCache._impl_class
_Dispatcher: Any = CPUDispatcher  # numba has no types for what is overridden here


class _HashImpl(_Impl):
    _locator_classes = (_HashLocator,)


class _HashCache(FunctionCache):
    _impl_class = _HashImpl


class _Kernel(_Dispatcher):
    """A dispatcher that turns its cache on when it is first compiled, when all it calls exists."""

    def _compile_for_args(self, *args: Any, **kwargs: Any) -> Any:
        self._open_cache()
        return super()._compile_for_args(*args, **kwargs)

    def compile(self, sig: Any) -> Any:
        self._open_cache()
        return super().compile(sig)

    def _open_cache(self) -> None:
        if not getattr(self, "_opened", False):
            self._opened = True
            # a function of a module that cannot be imported again could not be loaded from disk
            importable = self.py_func.__module__ in sys.modules
            if importable and not getattr(self, "_inline", False):
                self._cache = _HashCache(self.py_func)


_MAKERS = frozenset(("empty", "zeros", "ones", "full", "copy", "arange", "argsort"))
"""Names of functions that make arrays."""


def kernel(function: Any = None, *, inline: bool = False) -> Any:
    """Compile a function of plain loops over columns; see the module's text.

    A function that makes no array of its own is compiled without reference counting: counting
    every column of a named tuple each time it is handed to a small function cost more than the
    function (one rule went from 85 to 6 ns a person).
    """
    if function is None:
        return lambda f: kernel(f, inline=inline)
    makes = bool(_MAKERS & _names(function.__code__))
    options = {"nopython": True, "nogil": True, "error_model": "numpy", "_nrt": makes}
    dispatcher = _Kernel(function, locals={}, targetoptions=options)
    dispatcher._inline = inline
    return dispatcher


def entry_point(compiled: Any, arguments: tuple[Any, ...]) -> Any:
    """The machine code of a kernel for arguments of these types, compiled if need be.

    Calling it skips numba's look at the types of a hundred columns, which is half of the cost
    of a call; the caller must go on using arguments of the same types.
    """
    if not isinstance(compiled, CPUDispatcher):
        return compiled
    key = (compiled, *(_kind(argument) for argument in arguments))
    made = _entries.get(key)
    if made is None:
        types = tuple(numba.typeof(argument) for argument in arguments)
        compiled.compile(types)
        compiled_for: Any = compiled.overloads[types]
        made = _entries[key] = compiled_for.entry_point
    return made


_entries: dict[Any, Any] = {}


def _kind(argument: Any) -> Any:
    """What decides numba's type of an argument: asking numba itself takes every branch of a run
    a tenth of a second."""
    if isinstance(argument, tuple):
        return (type(argument), *(_kind(one) for one in argument))
    if isinstance(argument, np.ndarray):
        return argument.dtype, argument.ndim, argument.flags.num
    if isinstance(argument, np.void):
        return argument.dtype
    return numba.typeof(argument)
