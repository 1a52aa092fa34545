"""What in a text speaks for how an object relates to a country: cues, each with a weight. Pure.

A cue is a class of words (of making, selling, seeing, bringing, places where things stand …), and
where it stands as seen from the name of the country. The weights are those of a multinomial
logistic regression, measured on labelled lines by ``python -m bench.relations``. They add up, so
the cue that tells most can be named.
"""

from __future__ import annotations

import json
import math
from functools import lru_cache
from pathlib import Path

from tips.reading.analysis import Analysis
from tips.reading.mentions import Mention

PATH = Path(__file__).with_name("relation_weights.json")
OUTCOMES = ("made", "sold", "seen", "unknown")
CLASSES = frozenset(
    "made sold seen there exist live venue brought stayed dear label hotel street room airport thought "
    "person kin floor model phone".split()
)
TELLING = ("made", "sold", "seen", "brought", "stayed", "venue", "exist", "there", "label")
CLOSE = 3  # tokens between a name and a cue that belongs to it
Cues = dict[str, tuple[float, int]]  # a cue, how much of it there is, and the token that gives it


def around(found: Analysis, first: int, last: int, owned: frozenset[int] = frozenset()) -> Cues:
    """Return the cues around tokens ``first`` to ``last``. ``owned`` are clauses of other places."""
    cues: Cues = {}
    nearest: tuple[int, str, int] | None = None
    for index, names in enumerate(found.classes):
        if first <= index < last or not (names := names & CLASSES):
            continue
        where = _where(found, index, first, owned)
        distance = first - index if index < first else index - last + 1
        for name in names:
            cues.setdefault(f"{name} {where}", (1.0, index))
            if where in ("before", "after") and distance <= CLOSE:
                cues.setdefault(f"{name} close {where}", (1.0, index))
        if where in ("before", "after"):
            for name in TELLING:
                if name in names and (nearest is None or distance < nearest[0]):
                    nearest = (distance, name, index)
    if nearest:
        cues[f"nearest {nearest[1]}"] = (1.0, nearest[2])
    return cues


def _where(found: Analysis, index: int, first: int, owned: frozenset[int]) -> str:
    """Return where a token stands, as seen from a name."""
    if found.clause[index] == found.clause[first]:
        return "before" if index < first else "after"
    if found.clause[index] in owned:
        return "of another"
    distance = found.sentence[index] - found.sentence[first]
    if distance == 0:
        return "in sentence before" if index < first else "in sentence after"
    return "beside" if abs(distance) == 1 else "far"


def of_mention(found: Analysis, mention: Mention, owned: frozenset[int], standing: str) -> Cues:
    """Return the cues of a mention. ``standing``: located, origin or bare."""
    cues = around(found, mention.first, mention.last, owned)
    for name, value in list(cues.items()):
        if name.startswith("nearest "):
            cues[f"{name}, {standing}"] = value
    told = {name.partition(" ")[0] for name in cues if not name.endswith("of another")}
    if not told & {"made", "sold", "seen"}:
        cues["no verb"] = cues[f"no verb, {standing}"] = (1.0, mention.first)
    kind = "town" if mention.kind in ("city", "region", "airport") else mention.kind
    for name in (f"is {kind}", f"is {standing}", f"is {standing} {kind}"):
        cues[name] = (1.0, mention.first)
    return cues


def together(many: list[Cues]) -> Cues:
    """Return the cues of several mentions of one country."""
    cues: Cues = {"always": (1.0, -1)}
    for each in many:
        for name, value in each.items():
            if name not in cues or value[0] > cues[name][0]:
                cues[name] = value
    return cues


@lru_cache(maxsize=1)
def weights() -> dict[str, tuple[float, ...]]:
    """Return for each cue its weight for each of the outcomes."""
    return {name: tuple(row) for name, row in json.loads(PATH.read_text("utf-8")).items()}


def judge(cues: Cues) -> tuple[str, float, int]:
    """Return the relation that cues speak for, its probability, and the token that says most."""
    sums = [0.0] * len(OUTCOMES)
    known = weights()
    for name, (value, _) in cues.items():
        for position, weight in enumerate(known.get(name, ())):
            sums[position] += value * weight
    best = max(range(len(OUTCOMES)), key=lambda each: sums[each])
    total = sum(math.exp(each - sums[best]) for each in sums)
    said = max(
        (
            (known[name][best] * value, token)
            for name, (value, token) in cues.items()
            if name in known
        ),
        default=(0.0, -1),
    )
    return OUTCOMES[best], 1 / total, said[1]
