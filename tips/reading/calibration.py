"""Scores that mean something: of findings scored 0.9, nine in ten are right.

The curves are measured on the seen half of the labelled lines by ``python -m bench.reading
--calibrate``; whether they hold is measured on the other half.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

MIN_FINDINGS = 5  # for a point of a curve
PATH = Path(__file__).with_name("calibration.json")


@lru_cache(maxsize=1)
def curves() -> dict[str, list[tuple[float, float]]]:
    """Return for each kind of finding the points of its curve: raw score, share of right ones."""
    return {
        kind: [tuple(p) for p in points]
        for kind, points in json.loads(PATH.read_text("utf-8")).items()
    }


def calibrate(kind: str, score: float) -> float:
    """Return the probability that a finding of a kind with a raw score is right."""
    share = None
    for edge, each in curves().get(kind, ()):
        if score + 1e-9 >= edge or share is None:
            share = each
    return score if share is None else share


def fit(findings: dict[str, list[tuple[float, bool]]]) -> dict[str, list[tuple[float, float]]]:
    """Return curves that never fall, from raw scores and whether each finding was right.

    Neighbours are pooled until the shares rise (isotonic regression). A few imagined findings,
    nine in ten of them right, keep small samples from claiming too much.
    """
    fitted = {}
    for kind, pairs in findings.items():
        levels: dict[float, list[bool]] = {}
        for score, is_right in sorted(pairs):
            levels.setdefault(score, []).append(is_right)
        blocks: list[list[float]] = []  # lowest raw score, right ones, all
        for score, rights in levels.items():
            blocks.append([score, float(sum(rights)), float(len(rights))])
            while len(blocks) > 1 and (
                blocks[-2][1] / blocks[-2][2] >= blocks[-1][1] / blocks[-1][2]
                or min(blocks[-1][2], blocks[-2][2]) < MIN_FINDINGS
            ):
                _, right, count = blocks.pop()
                blocks[-1][1] += right
                blocks[-1][2] += count
        fitted[kind] = [
            (round(edge, 3), round((right + 1.7) / (count + 2), 3)) for edge, right, count in blocks
        ]
    return fitted
