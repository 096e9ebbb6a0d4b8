"""Reading one YAML file into plain data that remembers its lines.

The files are YAML 1.2 with less magic: `no` and `on` are words, dates and months stay text, keys
are always text as written, a number is a number only in the usual decimal forms. Anchors, tags
and several documents in one file are refused. Nothing here raises for what stands in a file:
every mistake becomes a `Fault`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from scenarios.faults import Fault

__all__ = ["KeyPath", "YamlFile", "dotted", "read_yaml"]

KeyPath = tuple[str | int, ...]
"""Where something stands in a file: keys and list positions from the top."""

_CORE = "tag:yaml.org,2002:"
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_DECIMAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_SPECIAL = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


@dataclass(slots=True)
class YamlFile:
    """A file as read: `data` (None if unreadable), the line of every key, and the mistakes."""

    name: str
    data: Any = None
    lines: dict[KeyPath, int] = field(default_factory=lambda: {(): 1})
    faults: list[Fault] = field(default_factory=list)

    def line(self, path: KeyPath) -> int:
        """The line (from 1) of a key or list item, or of the nearest thing that encloses it."""
        while path not in self.lines:
            path = path[:-1]
        return self.lines[path]

    def fault(
        self, path: KeyPath, what: str, *, value: Any = None, expected: str = "", mend: str = ""
    ) -> None:
        """Note a mistake at a key."""
        self.faults.append(
            Fault(self.name, self.line(path), dotted(path), what, value, expected, mend)
        )

    def warn(self, path: KeyPath, what: str, *, value: Any = None, mend: str = "") -> None:
        """Note something odd at a key that keeps nothing from running."""
        where, line = dotted(path), self.line(path)
        self.faults.append(Fault(self.name, line, where, what, value, "", mend, "warning"))

    def told(self, path: KeyPath) -> bool:
        """Whether there is a fault at a key or inside it, so that one mistake is told once."""
        here = dotted(path)
        return any(
            fault.where == here or fault.where.startswith(f"{here}.") for fault in self.faults
        )


def dotted(path: KeyPath) -> str:
    """A path as text: ("with", "A4.3", "from") becomes "with.A4.3.from"."""
    return ".".join(str(part) for part in path)


def read_yaml(path: str | Path) -> YamlFile:
    """Read one file. Its top must be a mapping; otherwise `data` is None and a fault says why."""
    file = YamlFile(str(path))
    text = _read_text(Path(path), file)
    if text is None:
        return file
    root = _compose(text, file)
    if root is not None:
        _Reader(file).read_root(root)
    return file


def _read_text(path: Path, file: YamlFile) -> str | None:
    try:
        raw = path.read_bytes()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        file.fault((), f"cannot be read: {reason}", mend="Check the path and its rights.")
        return None
    mend = "Save it as UTF-8 without a byte order mark."
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        file.fault((), "is UTF-16 text", expected="UTF-8", mend=mend)
        return None
    if raw.startswith(b"\xef\xbb\xbf"):
        file.warn((), "starts with a byte order mark (it was skipped)", mend=mend)
        raw = raw[3:]
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        file.lines[()] = raw.count(b"\n", 0, error.start) + 1
        try:
            raw.decode("gb18030")
            kind = "is not UTF-8 but looks like GB18030 (GBK) text"
        except UnicodeDecodeError:
            kind = f"is not UTF-8 (byte {raw[error.start]:#04x})"
        file.fault((), kind, expected="UTF-8", mend=mend)
        return None


def _compose(text: str, file: YamlFile) -> Node | None:
    """The node tree of the text. The parser stops at its first error, so there is one at most."""
    try:
        root = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        problem = str(error.problem or error.context or "is not YAML")
        mark = error.problem_mark or error.context_mark
        if _runs_out(problem) and error.context_mark:
            mark = error.context_mark  # where the quote or bracket was opened, not the file's end
        file.lines[()] = mark.line + 1 if mark else 1
        file.fault((), f"is not YAML: {problem}", mend=_advice(problem))
        return None
    except RecursionError:
        file.fault((), "is nested too deeply", mend="A scenario needs four levels at most.")
        return None
    except Exception as error:  # the parser's own slips on odd input must not become tracebacks
        position = getattr(error, "position", None)
        if isinstance(position, int):
            file.lines[()] = text.count("\n", 0, position) + 1
        problem = (str(error) or type(error).__name__).splitlines()[0]
        file.fault((), f"is not YAML: {problem}", mend="Remove or retype this line.")
        return None
    if root is None:
        file.fault((), "is empty", expected="keys with values")
    return root


def _runs_out(problem: str) -> bool:
    return "end of stream" in problem or "stream end" in problem


def _advice(problem: str) -> str:
    if "\\t" in problem or "\t" in problem:
        return "Indent with spaces, not with tabs."
    if "another document" in problem:
        return "Keep one document a file: split at the line '---'."
    if "mapping values are not allowed" in problem:
        return "Put text that holds a colon in quotes, and indent keys of one level alike."
    if "undefined alias" in problem:
        return "Put text that starts with * in quotes."
    if _runs_out(problem):
        return "Close the quote or bracket opened on this line."
    if "cannot start any token" in problem:
        return "Put text that starts with such a sign in quotes."
    return "Check indentation, quotes and brackets on this line and the one above it."


class _Reader:
    """Turns nodes into plain data, noting lines, duplicate keys and what is not read."""

    def __init__(self, file: YamlFile) -> None:
        self.file = file
        self.seen: set[int] = set()

    def read_root(self, root: Node) -> None:
        if not isinstance(root, MappingNode):
            kind = "a list" if isinstance(root, SequenceNode) else "one value"
            self.file.lines[()] = root.start_mark.line + 1
            self.file.fault((), f"holds {kind}", expected="keys with values, as in 'name: plan'")
            return
        self.file.data = self.read(root, ())

    def read(self, node: Node, path: KeyPath) -> Any:
        if id(node) in self.seen:  # an alias gives the same node once more
            mend = "Write the value out in both places."
            self.file.fault(path, "aliases (*name) are not read", mend=mend)
            return None
        self.seen.add(id(node))
        if not str(node.tag).startswith(_CORE):
            self.file.fault(path, f"the tag {node.tag} is not read", mend="Remove the tag.")
        if isinstance(node, MappingNode):
            return self.read_mapping(node, path)
        if isinstance(node, SequenceNode):
            items = []
            for position, item in enumerate(node.value):
                self.file.lines[(*path, position)] = item.start_mark.line + 1
                items.append(self.read(item, (*path, position)))
            return items
        return _scalar(node) if isinstance(node, ScalarNode) else None

    def read_mapping(self, node: MappingNode, path: KeyPath) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, ScalarNode):
                where, what = dotted(path), "a key must be one word"
                fault = Fault(self.file.name, line, where, what, mend="Check the brackets here.")
                self.file.faults.append(fault)
                continue
            key = str(key_node.value)
            here = (*path, key)
            if key in data:
                first = self.file.lines[here]
                what = f"this key stands twice, on lines {first} and {line}"
                mend = "Keep one of the two."
                fault = Fault(self.file.name, line, dotted(here), what, key, mend=mend)
                self.file.faults.append(fault)
                continue
            self.file.lines[here] = line
            data[key] = self.read(value_node, here)
        return data


def _scalar(node: ScalarNode) -> str | int | float | bool | None:
    """The value of a scalar: only plain decimal numbers, true, false and null are not text."""
    text = str(node.value)
    if node.style is not None or str(node.tag) == f"{_CORE}str":
        return text
    if text in ("", "~", "null", "Null", "NULL"):
        return None
    if text in ("true", "True", "TRUE", "false", "False", "FALSE"):
        return text.lower() == "true"
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return float(text)
    if _SPECIAL.fullmatch(text):
        return float(text.replace(".", "", 1))
    return text
