"""Check the labelled lines and pairs of this folder, and print counts.

    python bench/reading_lines/check.py

Every ``*.jsonl`` file is read: ``pairs*.jsonl`` as pairs of texts, every other one as labelled lines.
Exits with 1 if anything is wrong.
"""

import json
import re
import sys
from collections import Counter
from pathlib import Path

from babel import Locale

FOLDER = Path(__file__).parent
ENGLISH = Locale("en")
COUNTRIES = {c for c in ENGLISH.territories if re.fullmatch("[A-Z]{2}", c)} - {
    "EU",
    "EZ",
    "UN",
    "QO",
    "ZZ",
    "XA",
    "XB",
}
CURRENCIES = set(ENGLISH.currencies)
LANGUAGES = {c for c in ENGLISH.languages if re.fullmatch("[a-z]{2}", c)}

RELATIONS = {"made", "sold", "seen", "unknown"}
KINDS = {
    "price", "year", "room", "floor", "size", "count", "telephone", "model", "age", "duration", "percent", "address",
    "road", "ordinal", "other",
}  # fmt: skip
DURATIONS = {"year", "month", "week", "day", "hour", "minute"}
AS_WRITTEN = {"telephone", "model", "road", "room", "address", "other"}
FIELDS = {
    "id", "language", "text", "countries", "weak", "ruled_out", "places", "ruled_out_places", "numbers", "dates",
    "names", "denied_names", "denies", "links",
}  # fmt: skip
LISTS = FIELDS - {"id", "language", "text", "countries", "numbers", "denies"}
PAIR_FIELDS = {"id", "same", "texts", "why"}
DECIMAL = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?")
DATE = re.compile(r"(--|\d{4}-)(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?")


def number_faults(number):
    if not isinstance(number, dict) or set(number) - {"value", "to", "kind", "unit"}:
        yield f"number fields {number}"
        return
    kind, unit = number.get("kind"), number.get("unit")
    if kind not in KINDS:
        yield f"kind {kind!r}"
    for key in ("value", "to"):
        value = number.get(key)
        if key == "to" and value is None:
            continue
        if not isinstance(value, str) or not value:
            yield f"{key} {value!r} is not text"
        elif kind == "telephone":
            if not re.fullmatch(r"\+?\d+", value):
                yield f"telephone {value!r}"
        elif kind not in AS_WRITTEN and not DECIMAL.fullmatch(value):
            yield f"{key} {value!r} is no plain decimal"
    if kind == "price" and unit not in CURRENCIES | {""}:
        yield f"currency {unit!r}"
    if kind == "duration" and unit not in DURATIONS:
        yield f"duration unit {unit!r}"


def line_faults(line):
    if missing := {"id", "language", "text"} - set(line):
        yield f"lacks {sorted(missing)}"
        return
    if unknown := set(line) - FIELDS:
        yield f"unknown fields {sorted(unknown)}"
    if line["language"] not in LANGUAGES:
        yield f"language {line['language']!r}"
    if not isinstance(line["text"], str) or not line["text"].strip():
        yield "no text"
    for key in LISTS:
        value = line.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
            yield f"{key} is not a list of texts"
        elif len(set(value)) < len(value):
            yield f"{key} repeats itself"
    countries = line.get("countries", {})
    for relation in countries.values():
        if relation not in RELATIONS:
            yield f"relation {relation!r}"
    weak, ruled_out = line.get("weak", []), line.get("ruled_out", [])
    for code in [*countries, *weak, *ruled_out]:
        if code not in COUNTRIES:
            yield f"country {code!r}"
    if len(weak) > 12:
        yield "more than 12 weak countries"
    if both := set(countries) & set(weak):
        yield f"weak and in countries: {sorted(both)}"
    if both := set(ruled_out) & {*countries, *weak}:
        yield f"ruled out and in: {sorted(both)}"
    if both := set(line.get("places", [])) & set(line.get("ruled_out_places", [])):
        yield f"place both in and out: {sorted(both)}"
    for number in line.get("numbers", []):
        yield from number_faults(number)
    for date in line.get("dates", []):
        if not DATE.fullmatch(date):
            yield f"date {date!r}"
    if not isinstance(line.get("denies", False), bool):
        yield "denies is not true or false"
    for link in line.get("links", []):
        if re.match(r"(?i)https?://|www\.", link):
            yield f"link with scheme or www: {link}"
        elif link not in line["text"]:
            yield f"link not in the text: {link}"


def pair_faults(pair):
    if set(pair) != PAIR_FIELDS:
        yield f"fields {sorted(pair)}"
        return
    if not isinstance(pair["same"], bool):
        yield "same is not true or false"
    if not isinstance(pair["why"], str) or not pair["why"].strip():
        yield "why is empty"
    texts = pair["texts"]
    if len(texts) != 2 or not all(len(item) == 2 for item in texts):
        yield "not two texts"
        return
    for language, text in texts:
        if language not in LANGUAGES:
            yield f"language {language!r}"
        if not isinstance(text, str) or not text.strip():
            yield "an empty text"


def main():
    faults, ids, texts = [], Counter(), Counter()
    lines, pairs, combinations = Counter(), Counter(), Counter()
    for path in sorted(FOLDER.glob("*.jsonl")):
        is_pairs = path.name.startswith("pairs")
        for count, row in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            where = f"{path.name}:{count}"
            try:
                item = json.loads(row)
            except ValueError as error:
                faults.append(f"{where}: {error}")
                continue
            ids[(path.name if is_pairs else "lines", item.get("id"))] += 1
            faults += [
                f"{where}: {fault}" for fault in (pair_faults if is_pairs else line_faults)(item)
            ]
            if is_pairs:
                pairs[(path.name, "same" if item.get("same") else "trap")] += 1
                combinations[tuple(sorted(language for language, _ in item["texts"]))] += 1
            else:
                lines[item.get("language")] += 1
                texts[item.get("text")] += 1
                if not str(item.get("id")).startswith(f"{path.stem.removeprefix('training-')}-"):
                    faults.append(f"{where}: id {item.get('id')!r} does not fit the file")
    faults += [f"id twice: {key}" for key, count in ids.items() if count > 1]
    faults += [f"text twice: {text}" for text, count in texts.items() if count > 1]
    print("lines:", sum(lines.values()), dict(sorted(lines.items())))
    for (name, kind), count in sorted(pairs.items()):
        print(f"{name}: {count} {kind}")
    if combinations:
        print("language combinations:", len(combinations))
    for fault in faults:
        print("FAULT", fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
