"""How well the reader (tips.reading) understands labelled lines, and how fast.

    python -m bench.reading [--half seen|unseen] [--failures] [--lines FOLDER …] [--scores]

A line is 'seen' if the last byte of the SHA-256 of its id is even. Failures are printed of the seen
half only: the other half is for figures, so that rules are not fitted to it.
Lines are read from bench/reading_lines/ or from the folders in READING_LINES (separated by ':').
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

from tips.matching import meaning
from tips.matching.details import read_details
from tips.reading import Account, read
from tips.reading.text import fold

FOLDER = Path(__file__).parent / "reading_lines"
FIELDS = (
    "countries",
    "weak",
    "ruled_out",
    "places",
    "ruled_out_places",
    "numbers",
    "dates",
    "names",
    "denied_names",
    "links",
)


def is_seen(line_id: str) -> bool:
    """Return whether a line is of the half whose texts and failures may be looked at.

    Training lines, whose ids end in a part such as t01, all are.
    """
    if re.fullmatch(r"t\d.*", line_id.rsplit("-", 1)[-1]):
        return True
    return hashlib.sha256(line_id.encode()).digest()[-1] % 2 == 0


def rows(folders: list[Path], pairs: bool = False) -> list[dict]:
    """Return the labelled lines, or the pairs, of all folders."""
    found = []
    for folder in folders:
        for path in sorted(folder.glob("*.jsonl")):
            if path.name.startswith("pairs") == pairs:
                for row in path.read_text("utf-8").splitlines():
                    try:
                        found.append(json.loads(row))
                    except ValueError:
                        continue  # a line that is being written
    return found


def number_key(number: dict) -> tuple:
    return (
        number["value"].replace(" ", ""),
        number.get("to", ""),
        number["kind"],
        number.get("unit", ""),
    )


def labels(line: dict) -> dict[str, set]:
    return {
        "countries": set(line.get("countries", {})),
        "weak": set(line.get("weak", [])),
        "ruled_out": set(line.get("ruled_out", [])),
        "places": {fold(p) for p in line.get("places", [])},
        "ruled_out_places": {fold(p) for p in line.get("ruled_out_places", [])},
        "numbers": {number_key(n) for n in line.get("numbers", [])},
        "dates": set(line.get("dates", [])),
        "names": {fold(n) for n in line.get("names", [])},
        "denied_names": {fold(n) for n in line.get("denied_names", [])},
        "links": set(line.get("links", [])),
    }


def findings(account: Account, threshold: float) -> dict[str, set]:
    return {
        "countries": {c.code for c in account.suggested if c.score >= threshold},
        "weak": {c.code for c in account.weak},
        "ruled_out": {c.code for c in account.ruled_out},
        "places": {fold(p.name) for p in account.places if not p.denied and p.score >= threshold},
        "ruled_out_places": {fold(p.name) for p in account.places if p.denied},
        "numbers": {
            (n.value, n.to, n.kind, n.unit) for n in account.numbers if n.score >= threshold
        },
        "dates": {d.value for d in account.dates},
        "names": {fold(n.name) for n in account.names if not n.denied and n.score >= threshold},
        "denied_names": {fold(n.name) for n in account.names if n.denied},
        "links": {link.address for link in account.links},
    }


def ratio(part: float, whole: float) -> str:
    return f"{part / whole:.3f}" if whole else "  –  "


def memory() -> float:
    """Return the resident memory of this process in MB."""
    for row in Path("/proc/self/status").read_text().splitlines():
        if row.startswith("VmRSS"):
            return int(row.split()[1]) / 1024
    return 0.0


def measure(lines: list[dict], threshold: float, show: bool) -> None:
    right: Counter = Counter()
    wrong: Counter = Counter()
    missed: Counter = Counter()
    relations = [0, 0]
    denial = [0, 0]
    denies = [0, 0]
    values = [0, 0, 0]
    languages = [0, 0]
    scores: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    times = []
    confused: Counter = Counter()
    for line in lines:
        start = time.thread_time()
        account = read(line["text"])
        times.append(time.thread_time() - start)
        want, got = labels(line), findings(account, threshold)
        faults = []
        for field in FIELDS:
            for key, _one in ((field, None), (f"{field} {line['language']}", None)):
                right[key] += len(want[field] & got[field])
                wrong[key] += len(got[field] - want[field])
                missed[key] += len(want[field] - got[field])
            if want[field] != got[field]:
                faults.append(
                    f"{field}: lacks {sorted(want[field] - got[field])}, beyond {sorted(got[field] - want[field])}"
                )
        for kind in {n[2] for n in want["numbers"] | got["numbers"]}:
            mine = {n for n in want["numbers"] if n[2] == kind}
            theirs = {n for n in got["numbers"] if n[2] == kind}
            right[f"number {kind}"] += len(mine & theirs)
            wrong[f"number {kind}"] += len(theirs - mine)
            missed[f"number {kind}"] += len(mine - theirs)
        mine, theirs = {n[:2] for n in want["numbers"]}, {n[:2] for n in got["numbers"]}
        for number in want["numbers"] - got["numbers"]:
            for taken in got["numbers"] - want["numbers"]:
                if taken[:2] == number[:2]:
                    confused[f"{taken[2]} {taken[3]}, not {number[2]} {number[3]}"] += 1
        values[0] += len(mine & theirs)
        values[1] += len(theirs)
        values[2] += len(mine)
        for country in account.countries:
            if country.denied or country.strength == "weak":
                continue
            scores["countries"].append((country.score, country.code in want["countries"]))
            if country.code in want["countries"]:
                relations[1] += 1
                same = country.relation == line["countries"][country.code]
                relations[0] += same
                if not same:
                    confused[f"{country.relation}, not {line['countries'][country.code]}"] += 1
                if not same:
                    faults.append(
                        f"relation of {country.code}: {country.relation}, not {line['countries'][country.code]}"
                    )
        for place in account.places:
            scores["places"].append(
                (place.score, fold(place.name) in want["places"] | want["ruled_out_places"])
            )
        for number in account.numbers:
            scores["numbers"].append(
                (
                    number.score,
                    (number.value, number.to, number.kind, number.unit) in want["numbers"],
                )
            )
        for name in account.names:
            scores["names"].append(
                (name.score, fold(name.name) in want["names"] | want["denied_names"])
            )
        for yes, no in (
            ("countries", "ruled_out"),
            ("places", "ruled_out_places"),
            ("names", "denied_names"),
        ):
            for each in (want[yes] | want[no]) & (got[yes] | got[no]):
                denial[1] += 1
                denial[0] += (each in want[no]) == (each in got[no])
        denies[1] += 1
        denies[0] += account.denies == line.get("denies", False)
        if account.denies != line.get("denies", False):
            faults.append(f"denies: {account.denies}")
        languages[1] += 1
        languages[0] += account.language == line["language"]
        if account.language != line["language"]:
            faults.append(f"language: {account.language}")
        if show and faults:
            print(f"{line['id']}: {line['text']}")
            words = {
                c.code: [e.words for e in c.evidence]
                for c in account.countries
                if c.code not in want["countries"] | want["weak"] | want["ruled_out"]
            }
            if words:
                print(f"    said by: {words}")
            for fault in faults:
                print(f"    {fault}")
    print(f"{len(lines)} lines; findings scored {threshold} and more")
    print(f"{'field':24} precision  recall   right wrong missed")

    def row(key: str) -> None:
        print(
            f"{key:24} {ratio(right[key], right[key] + wrong[key]):>9} {ratio(right[key], right[key] + missed[key]):>7} {right[key]:7} {wrong[key]:5} {missed[key]:6}"
        )

    for field in FIELDS:
        row(field)
    for key in sorted(k for k in {*right, *wrong, *missed} if k.startswith("number ")):
        row(key)
    for language in sorted({line["language"] for line in lines}):
        row(f"countries {language}")
    for language in sorted({line["language"] for line in lines}):
        row(f"numbers {language}")
    print(
        f"numbers by value alone: precision {ratio(values[0], values[1])}, recall {ratio(values[0], values[2])}"
    )
    print(f"relation {ratio(*relations)} of {relations[1]} (aim 0.95)")
    for edge in (0.5, 0.7, 0.8, 0.85, 0.9):
        kept = [is_right for score, is_right in scores["countries"] if score >= edge]
        print(
            f"countries scored {edge} and more: precision {ratio(sum(kept), len(kept))}, "
            f"recall {ratio(sum(kept), right['countries'] + missed['countries'])}"
        )
    print("taken for another:", "; ".join(f"{n} × {what}" for what, n in confused.most_common(24)))
    print(
        f"denied or not {ratio(*denial)} of {denial[1]}; denies {ratio(*denies)} of {denies[1]}; both {ratio(denial[0] + denies[0], denial[1] + denies[1])} (aim 0.97)"
    )
    print(f"language {ratio(*languages)}")
    for field, pairs in scores.items():
        bins: dict[float, list[bool]] = defaultdict(list)
        for score, is_right in pairs:
            bins[min(0.95, int(score * 20) / 20)].append(is_right)
        print(
            f"reliability of {field}: "
            + ", ".join(
                f"{edge:.2f}+: {sum(b) / len(b):.2f} ({len(b)})" for edge, b in sorted(bins.items())
            )
        )
    times.sort()
    print(
        f"time a text: p50 {1000 * times[len(times) // 2]:.2f} ms, p99 {1000 * times[int(len(times) * 0.99)]:.2f} ms (aim 3 ms)"
    )


def calibrate(lines: list[dict]) -> None:
    """Write the curves of scores, measured on lines of the seen half."""
    from unittest import mock

    from tips.reading import calibration

    raw: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    asked: list[tuple[str, float]] = []

    def remember(kind: str, score: float) -> float:
        # The kind of a finding cannot be seen in the account, so a score stands for the question.
        asked.append((kind, score))
        return len(asked) / 1000

    with (
        mock.patch("tips.reading.reader.calibrate", remember),
        mock.patch("builtins.round", lambda x, _=0: x),
    ):
        for line in lines:
            asked.clear()
            account = read(line["text"])
            want = labels(line)
            found: list[tuple[float, bool]] = [
                (c.score, c.code in want["countries"])
                for c in account.countries
                if not c.denied and c.strength == "strong"
            ]
            found += [
                (p.score, fold(p.name) in want["places"] | want["ruled_out_places"])
                for p in account.places
            ]
            found += [
                (n.score, (n.value, n.to, n.kind, n.unit) in want["numbers"])
                for n in account.numbers
            ]
            found += [
                (n.score, fold(n.name) in want["names"] | want["denied_names"])
                for n in account.names
            ]
            for score, is_right in found:
                index = int(score * 1000 + 0.5) - 1
                if 0 <= index < len(asked):
                    kind, value = asked[index]
                    raw[kind].append((value, is_right))
    curves = calibration.fit(raw)
    calibration.PATH.write_text(json.dumps(dict(sorted(curves.items())), indent=1) + "\n", "utf-8")
    print(f"wrote {len(curves)} curves to {calibration.PATH}")


def measure_pairs(pairs: list[dict], show: bool) -> None:
    """Print how many pairs that say the same are let through, and how many traps.

    Nothing is asked of an embedding here, which rejects pairs that are about different things.
    """
    passed: Counter = Counter()
    for pair in pairs:
        (_, one), (_, other) = pair["texts"]
        verdict = meaning.compare(read_details(one), read_details(other), (one, other))
        passed[pair["same"], verdict.is_possible] += 1
        if show and verdict.is_possible != pair["same"]:
            print(
                f"{pair['id']} {'SAME' if pair['same'] else 'TRAP'} {one} | {other} {verdict.reasons} ({pair['why']})"
            )
    good, bad = passed[True, True], passed[False, True]
    print(
        f"pairs: recall {ratio(good, good + passed[True, False])}, precision {ratio(good, good + bad)} "
        f"of {sum(passed.values())}"
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--half", choices=("seen", "unseen"), default="seen")
    parser.add_argument("--failures", action="store_true")
    parser.add_argument("--language", default="")
    parser.add_argument(
        "--calibrate", action="store_true", help="measure the curves of scores anew"
    )
    parser.add_argument("--threshold", type=float, default=0.3)
    parser.add_argument("--lines", nargs="*", default=[])
    options = parser.parse_args()
    if options.failures and options.half == "unseen":
        sys.exit("The failures of the unseen half are not shown: rules must not be fitted to them.")
    folders = [
        Path(p) for p in options.lines or os.environ.get("READING_LINES", str(FOLDER)).split(":")
    ]
    lines = [line for line in rows(folders) if is_seen(line["id"]) == (options.half == "seen")]
    if options.language:
        lines = [line for line in lines if line["language"] == options.language]
    if not lines:
        sys.exit(f"No lines of that half in {', '.join(map(str, folders))}.")
    if options.calibrate:
        if options.half == "unseen":
            sys.exit("Scores are calibrated on the seen half.")
        calibrate(lines)
        return
    before, start = memory(), time.perf_counter()
    read("Bought in Porto, Portugal, for 12 euros in May 1999.")
    took = time.perf_counter() - start
    for line in lines:
        read(line["text"])
    print(
        f"{options.half} half. Start-up {took:.2f} s (aim 2), memory of the reader {memory() - before:.0f} MB (aim 300)"
    )
    measure(lines, options.threshold, options.failures)
    pairs = [p for p in rows(folders, pairs=True) if is_seen(p["id"]) == (options.half == "seen")]
    if pairs and not options.language:
        measure_pairs(pairs, options.failures)


if __name__ == "__main__":
    main()
