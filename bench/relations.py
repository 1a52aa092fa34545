"""Measure the weights of cues (tips.reading.relation_cues) on the seen half of the labelled lines.

    python -m bench.relations [--write]

Prints how often the relation is right when each tenth of the lines is judged by the weights of the
others, beside the rules alone. Needs numpy; the reader does not.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from unittest import mock

import numpy

from bench.reading import FOLDER, is_seen, rows
from tips.reading import read
from tips.reading import relation_cues as cues

FOLDS = 10
PENALTY = 6.0
STEPS = 400
Sample = tuple[int, dict[str, float], str]  # the line's number, its cues, the relation


def samples(lines: list[dict]) -> list[Sample]:
    """Return the countries that the reader finds in lines, with their cues and labelled relation."""
    asked: list[cues.Cues] = []

    def remember(found: cues.Cues) -> tuple[str, float, int]:
        # The account does not keep cues, so the answer stands for the question.
        asked.append(found)
        return str(len(asked) - 1), 1.0, -1

    collected = []
    with mock.patch("tips.reading.reader.judge", remember):
        for number, line in enumerate(lines):
            asked.clear()
            for country in read(line["text"]).countries:
                if country.denied or country.strength == "weak":
                    continue
                relation = line.get("countries", {}).get(country.code)
                if relation:
                    found = asked[int(country.relation)]
                    collected.append((number, {k: v for k, (v, _) in found.items()}, relation))
    return collected


def fit(train: list[Sample], penalty: float, least: int = 2) -> tuple[list[str], numpy.ndarray]:
    """Return the names of the cues and their weights, by gradient descent with momentum."""
    counts = Counter(name for _, found, _ in train for name in found)
    names = sorted(name for name, count in counts.items() if count >= least)
    inputs = matrix(train, names)
    wanted = numpy.array([[o == r for o in cues.OUTCOMES] for _, _, r in train], float)
    weights = numpy.zeros((len(names), len(cues.OUTCOMES)))
    speed = numpy.zeros_like(weights)
    rate = 4.0 / (numpy.square(inputs).sum(axis=1).max() * len(train) / 4 + penalty)
    for _ in range(STEPS):
        gradient = inputs.T @ (chances(inputs @ weights) - wanted) + penalty * weights
        speed = 0.9 * speed - rate * gradient
        weights += speed
    return names, weights


def matrix(data: list[Sample], names: list[str]) -> numpy.ndarray:
    position = {name: i for i, name in enumerate(names)}
    table = numpy.zeros((len(data), len(names)))
    for row, (_, found, _) in enumerate(data):
        for name, value in found.items():
            if name in position:
                table[row, position[name]] = value
    return table


def chances(sums: numpy.ndarray) -> numpy.ndarray:
    raised = numpy.exp(sums - sums.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


def cross(data: list[Sample], penalty: float) -> float:
    """Return how many relations are right, judged by weights of other lines."""
    right = 0
    for fold in range(FOLDS):
        train = [each for each in data if each[0] % FOLDS != fold]
        test = [each for each in data if each[0] % FOLDS == fold]
        names, weights = fit(train, penalty)
        best = (matrix(test, names) @ weights).argmax(axis=1)
        right += sum(cues.OUTCOMES[b] == r for b, (_, _, r) in zip(best, test, strict=True))
    return right / len(data)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--penalty", type=float, default=PENALTY)
    options = parser.parse_args()
    lines = [line for line in rows([FOLDER]) if is_seen(line["id"])]
    data = samples(lines)
    ruled = sum(f"rule {relation}" in found for _, found, relation in data) / len(data)
    print(
        f"{len(data)} countries; by rules alone {ruled:.3f}; by cues, of other lines, {cross(data, options.penalty):.3f}"
    )
    if options.write:
        names, weights = fit(data, options.penalty)
        table = {
            n: [round(float(w), 2) for w in row] for n, row in zip(names, weights, strict=True)
        }
        cues.PATH.write_text(json.dumps(table, indent=0) + "\n", "utf-8")
        print(f"wrote {len(table)} cues to {cues.PATH}")


if __name__ == "__main__":
    main()
