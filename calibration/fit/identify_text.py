"""The sentences of the identifiability table, in English and in Chinese."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

__all__ = ["CHINESE", "ENGLISH", "sentences"]

_NO_BREAK = "\u00a0"

ENGLISH: dict[str, str] = {
    "lang": "en",
    "fitted": "The targets narrow it to {left} % of its prior spread.",
    "partly": "The targets narrow it a little, to {left} % of its prior spread.",
    "moved": "The targets move it but narrow it little: {left} % of its prior spread is left.",
    "confounded": (
        "By itself it keeps {left} % of its prior spread, because {partners} can make up for it. "
        "Known is the combination {direction} (in prior standard deviations), to "
        "{direction_left} % of its prior spread: {way}."
    ),
    "tied": "It moves with {partners}; best known is {direction}: {way}.",
    "together": "where one is higher, the other is lower",
    "apart": "both are high, or both are low",
    "several": "they make up for one another",
    "unseen": "It was fitted, and the targets do not see it: {left} % of its prior spread is left.",
    "inert": "The screening moved it by itself, and no target noticed. It follows its prior.",
    "inert_group": "The screening moved its whole group; no target noticed. It follows its prior.",
    "like": (
        "It moves the same targets as {like}, which is fitted in its place. It is drawn from its "
        "prior in every simulation, so its uncertainty is in the result."
    ),
    "explained": (
        "Other fitted parameters together move the same targets. It is drawn from its prior in "
        "every simulation, so its uncertainty is in the result."
    ),
    "weaker": (
        "The targets see it, but others better, and only so many are fitted. It is drawn from its "
        "prior in every simulation, so its uncertainty is in the result."
    ),
    "not_screened": (
        "It was neither fitted nor screened. It is drawn from its prior in every simulation, so "
        "its uncertainty is in the result."
    ),
    "seen": "It shows most in “{statistic}”, of whose variance it makes {share} %.",
    "moves": "It moves “{statistic}” most.",
    "and": " and ",
    "gap": " ",
}

CHINESE: dict[str, str] = {
    "lang": "zh",
    "fitted": "目标数据使其离散程度缩小到先验的{left}%。",
    "partly": "目标数据使其略有收窄，离散程度为先验的{left}%。",
    "moved": "目标数据使其位置移动，但收窄不多：离散程度仍为先验的{left}%。",
    "confounded": (
        "其自身离散程度仍为先验的{left}%，因为 {partners}可以抵消其变化。"
        "能确定的是组合 {direction}（以先验标准差计），其离散程度为先验的{direction_left}%：{way}。"
    ),
    "tied": "它与 {partners}联动；最能确定的是 {direction}：{way}。",
    "together": "此高则彼低",
    "apart": "同高或同低",
    "several": "几者相互抵消",
    "unseen": "参与了拟合，但目标数据看不到它：离散程度仍为先验的{left}%。",
    "inert": "筛选时单独变动，所有目标均无反应，故沿用先验。",
    "inert_group": "筛选时整组变动，所有目标均无反应，故沿用先验。",
    "like": "它与已拟合的 {like} 影响相同的目标。每次模拟均从先验抽取，其不确定性已计入结果。",
    "explained": "已拟合的参数合起来影响相同的目标。每次模拟均从先验抽取，其不确定性已计入结果。",
    "weaker": (
        "目标数据能看到它，但其他参数更易识别，而拟合的参数个数有限。"
        "每次模拟均从先验抽取，其不确定性已计入结果。"
    ),
    "not_screened": "未拟合，也未筛选。每次模拟均从先验抽取，其不确定性已计入结果。",
    "seen": "影响最明显的统计量是“{statistic}”，占其方差的{share}%。",
    "moves": "它影响最大的是“{statistic}”。",
    "and": "和 ",
    "gap": "",
}


def sentences(
    row: Mapping[str, Any],
    words: Mapping[str, str],
    names: Mapping[str, tuple[str, str]] | None = None,
) -> str:
    """What a reader is told about one parameter; ``row`` is one of the table's."""
    blanks = {
        "left": _percent(row["spread_left"]),
        "like": row.get("like", ""),
        "direction": row.get("direction", ""),
        "direction_left": _percent(row.get("direction_left", float("nan"))),
        "partners": _partners(str(row.get("partners", "")), words),
        "way": words[_way(str(row.get("direction", "")))],
    }
    parts = [words[_sentence(row)].format(**blanks)]
    if row["verdict"] in ("fitted", "partly") and row.get("partners"):
        parts.append(words["tied"].format(**blanks))
    seen = str(row.get("seen_by") or "")
    if seen and _sentence(row) != "unseen":
        statistic = names[seen][words["lang"] == "zh"] if names and seen in names else seen
        if row["why"] == "fitted":
            share = _percent(row["seen_share"])
            parts.append(words["seen"].format(statistic=statistic, share=share))
        else:
            parts.append(words["moves"].format(statistic=statistic))
    return words["gap"].join(parts)


def _sentence(row: Mapping[str, Any]) -> str:
    """Which sentence tells the verdict."""
    if row["why"] != "fitted":
        return str(row["why"])
    if row["verdict"] == "prior-driven":
        return "unseen"
    if row["verdict"] == "partly" and row["spread_left"] >= 0.9:
        return "moved"
    return str(row["verdict"])


def _way(direction: str) -> str:
    """How the parts of a well-known combination move against one another."""
    signs = re.findall(r" ([+−]) ", direction)
    if len(signs) != 1:
        return "several"
    return "together" if signs[0] == "+" else "apart"


def _partners(text: str, words: Mapping[str, str]) -> str:
    """ "a.b -0.82; c.d 0.64" as "a.b (r = −0.82) and c.d (r = 0.64)"."""
    listed = [part.split(" ") for part in text.split("; ") if part]
    brackets = "（r = {}）" if words["lang"] == "zh" else " (r = {})"
    brackets = brackets.replace(" = ", _NO_BREAK + "=" + _NO_BREAK)  # not to be torn apart
    return words["and"].join(name + brackets.format(r.replace("-", "−")) for name, r in listed)


def _percent(share: float) -> str:
    return f"{100 * share:.0f}" if share == share else ""
