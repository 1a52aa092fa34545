"""Recall and precision of the matcher on texts that say the same, and on traps.

    python -m bench.matching_quality

Each text of bench/matching_texts.py is varied in thirteen ways (these must be duplicates), and changed in one
important thing (a trap, which must never be a duplicate). A variant counts as found if the two share a key of
the index and the guard returns duplicate. Precision covers all pairs that came out as duplicates, including
pairs of unlike texts in a language.
"""

from __future__ import annotations

import html
import itertools
import os
import random
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator

os.environ.setdefault("TRACEOBJECT_PROFILE", "test")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "traceobject.settings")

HOMOGLYPHS = str.maketrans("aeopcxyiAEOPCXKMHTB", "аеорсхуіАЕОРСХКМНТВ")
BACK = str.maketrans("аеорсхуіАЕОРСХКМНТВ", "aeopcxyiAEOPCXKMHTB")


def first_fill(base) -> str:
    return base.template.format(**{name: pair[0] for name, pair in base.slots.items()})


def variants(text: str, speech, rng: random.Random) -> Iterator[tuple[str, str]]:
    """Return (kind, text) of each way in which somebody else, or the same mail, says the same."""
    yield "same", text
    yield "typos", typos(text, rng)
    yield "reordered", reordered(text)
    yield (
        "greeting and signature",
        rng.choice(speech.greetings) + text + rng.choice(speech.signatures),
    )
    yield "truncated", truncated(text)
    yield "case", text.upper() if rng.random() < 0.5 else text.lower()
    yield (
        "punctuation",
        re.sub(r"[,.;:!?、，。]+", lambda _: rng.choice(["", " ... ", "!!", " - "]), text)
        if "://" not in text
        else text.replace(",", " -"),
    )
    yield (
        "accents dropped",
        "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c)),
    )
    yield "homoglyphs", homoglyphs(text, rng)
    yield (
        "zero width",
        "".join(c + ("\u200b" if rng.random() < 0.2 else "") for c in text)
        if "://" not in text
        else text.replace(" ", " \u200b"),
    )
    yield (
        "HTML entities",
        html.escape(text).replace("é", "&eacute;").replace("ü", "&uuml;").replace("£", "&pound;"),
    )
    yield "wrapped", wrapped(text)
    yield "quoted mail", quoted(text)
    yield "sentence added", f"{text} {rng.choice(speech.additions)}"


def typos(text: str, rng: random.Random) -> str:
    """One or two slips of the keyboard in long lower-case words."""
    spots = [
        m
        for m in re.finditer(r"[^\W\d_]{6,}", text)
        if m.group().islower() and "://" not in text[max(0, m.start() - 30) : m.start() + 1]
    ]
    chosen = sorted(
        rng.sample(spots, min(len(spots), 1 + (len(text) > 90))), key=lambda m: -m.start()
    )
    for m in chosen:
        at = m.start() + rng.randrange(2, len(m.group()) - 2)
        text = rng.choice(
            [
                text[:at] + text[at + 1] + text[at] + text[at + 2 :],
                text[:at] + text[at + 1 :],
                text[:at] + text[at] + text[at:],
            ]
        )
    return text


def reordered(text: str) -> str:
    """The parts between commas in another order."""
    parts = re.split(r"(?<=[,，])\s*", text.rstrip(".。"))
    parts = [part.strip(" ,，") for part in parts]
    return ", ".join(parts[1:] + parts[:1]) + "."


def truncated(text: str) -> str:
    """The last few words are missing, as where a field was too short; none of what matters is in them."""
    words = text.split(" ")
    if len(words) < 6:
        return (
            text[: -max(2, len(text) // 8)]
            if not any(c.isdigit() for c in text[-max(2, len(text) // 8) :])
            else text
        )
    for cut in (4, 3, 2, 1):
        tail = words[-cut:]
        if not any(any(c.isdigit() for c in w) or w[:1].isupper() for w in tail):
            return " ".join(words[:-cut])
    return text


def homoglyphs(text: str, rng: random.Random) -> str:
    table = HOMOGLYPHS if text.isascii() or "é" in text or "ü" in text else BACK
    return (
        "".join(chr(table[ord(c)]) if ord(c) in table and rng.random() < 0.3 else c for c in text)
        if "://" not in text
        else text
    )


def wrapped(text: str) -> str:
    lines, line = [], ""
    for word in text.split(" "):
        if len(line) + len(word) > 30:
            lines.append(line)
            line = ""
        line = f"{line} {word}".strip()
    return "\r\n".join([*lines, line])


def quoted(text: str) -> str:
    body = "\n".join(f"> {line}" for line in wrapped(text).split("\r\n"))
    return f"---- Forwarded message ----\nFrom: somebody\nSubject: your picture\n\n{body}"


def traps(base) -> Iterator[tuple[str, str]]:
    """Return (kind, text) of the same said with one thing that matters changed."""
    for name in base.slots:
        fill = {slot: pair[slot == name] for slot, pair in base.slots.items()}
        yield name, base.template.format(**fill)
    yield "negation", first_fill(base).replace(*base.negated)


def related(one: str, other: str) -> tuple[str, bool]:
    """Return the guard's relation of two texts, and whether the index brings them together."""
    from tips.matching import guard
    from tips.matching.details import index_keys, read_details

    a, b = read_details(one), read_details(other)
    met = not set(index_keys(a)).isdisjoint(index_keys(b))
    return guard.compare(a, b).relation, met


def main() -> None:
    import django

    django.setup()
    from bench.matching_texts import SHORT, SPEECHES

    rng = random.Random(int(os.environ.get("SEED", "2017")))
    found, missed, folded, kept = Counter(), Counter(), Counter(), Counter()
    shown: list[str] = []
    verbose = "-v" in sys.argv
    good = bad = 0
    for language, speech in SPEECHES.items():
        for base in speech.bases:
            text = first_fill(base)
            for kind, other in variants(text, speech, rng):
                relation, met = related(text, other)
                if relation == "duplicate" and met:
                    found[kind] += 1
                    good += 1
                else:
                    missed[kind] += 1
                    shown.append(
                        f"missed {kind} ({relation}, {'met' if met else 'not met'}): {language} {other[:160]!r}"
                    )
            for kind, other in traps(base):
                for _, varied in [
                    ("", other),
                    *itertools.islice(variants(other, speech, rng), 1, 4),
                ]:
                    relation, _ = related(text, varied)
                    if relation == "duplicate":
                        folded[kind] += 1
                        bad += 1
                        shown.append(f"FOLDED {kind}: {language} {varied[:200]!r}")
                    else:
                        kept[kind] += 1
        for one, other in itertools.combinations([first_fill(base) for base in speech.bases], 2):
            if related(one, other)[0] == "duplicate":
                bad += 1
                shown.append(f"FOLDED unlike: {one[:60]!r} {other[:60]!r}")
    for one, other in itertools.combinations(SHORT, 2):
        if related(one, other)[0] == "duplicate":
            bad += 1
            shown.append(f"FOLDED short: {one!r} {other!r}")
    short_found = sum(related(text, f"  {text.upper()} !")[0] == "duplicate" for text in SHORT)
    print(f"{'variant':26}{'recall':>8}{'pairs':>7}")
    for kind in [*dict.fromkeys([*found, *missed])]:
        total = found[kind] + missed[kind]
        print(f"{kind:26}{found[kind] / total:>8.3f}{total:>7}")
    print(f"{'short texts':26}{short_found / len(SHORT):>8.3f}{len(SHORT):>7}")
    print(f"\n{'trap':26}{'folded':>8}{'pairs':>7}")
    for kind in [*dict.fromkeys([*kept, *folded])]:
        print(f"{kind:26}{folded[kind]:>8}{kept[kind] + folded[kind]:>7}")
    total = sum(found.values()) + sum(missed.values())
    print(
        f"\nrecall {sum(found.values()) / total:.4f} (aim 0.98), precision {good / (good + bad):.4f} (aim 0.995), "
        f"traps folded {sum(folded.values())} (aim 0)"
    )
    if verbose:
        print("\n".join(shown))


if __name__ == "__main__":
    main()
