"""How the object relates to what is mentioned, and whether the text denies it. Pure."""

from __future__ import annotations

from tips.reading.analysis import RELATIONS, Analysis

CONJUNCTIONS = frozenset(
    "and und et y e ed en i і й и va ve si och και och و or oder ou o of lub или або veya sau eller η 和 或 او".split()
)
REACH = 4  # words between a negation and the verb that it negates
MAX_TRANSPARENT = 5  # words without content between a negation and a place


def relation(
    found: Analysis, first: int, last: int, owned: frozenset[int] = frozenset()
) -> tuple[str, int]:
    """Return the relation of tokens ``first`` to ``last``, and how far its cue is.

    ``owned`` are the clauses that speak of other places, whose verbs are theirs.
    0 is the same clause, 1 the same sentence, 2 a neighbouring sentence, 3 none.
    """
    best: tuple[int, float, str] | None = None
    verb_last = found.language in ("de", "nl", "tr", "zh", "ja", "ko", "hi", "hu")
    own, sentence = found.clause[first], found.sentence[first]
    for index, names in enumerate(found.classes):
        if first <= index < last or not names:
            continue
        cues = [each for each in RELATIONS if each in names]
        if not cues:
            continue
        distance = float(first - index if index < first else index - last + 1)
        if index > first and not verb_last:
            distance *= 1.6
        if found.clause[index] == own:
            level = 0
        elif found.clause[index] in owned or found.clause[index] in found.opens:
            continue
        elif found.sentence[index] == sentence:
            level = 1
        elif abs(found.sentence[index] - sentence) == 1:
            level = 2
        else:
            continue
        if best is None or (level, distance) < best[:2]:
            best = (level, distance, cues[0])
    if best and best[0] == 0:
        return best[2], 0
    if is_origin(found, first, last):
        return "unknown", 3
    if "airport" in frozenset().union(*(found.classes[i] for i in found.near(first))):
        return "seen", 1
    if is_located(found, first, last) and not _is_bare(found, first, last):
        return ("seen", 1) if best is None or best[0] > 1 else (best[2], 1)
    return (best[2], best[0]) if best and best[0] == 1 else ("unknown", 3)


def _is_bare(found: Analysis, first: int, last: int) -> bool:
    """Return whether a sentence says nothing but places: 'In Guinea, not in Guinea-Bissau.'"""
    sentence = found.sentence[first]
    words = [
        i
        for i, t in enumerate(found.tokens)
        if found.sentence[i] == sentence and t.kind == "word" and not first <= i < last
    ]
    return all(found.is_function_word(i) or found.tokens[i].is_capital for i in words)


def is_origin(found: Analysis, first: int, last: int) -> bool:
    """Return whether a place is where something is from: 'from Porto', 'aus Porto'."""
    if found.language == "tr":
        after = [t.folded for t in found.tokens[last : last + 2] if t.kind == "word"]
        return bool(after and after[0] in ("dan", "den", "tan", "ten"))
    for back in (1, 2):
        index = first - back
        if index < 0 or found.clause[index] != found.clause[first]:
            return False
        if found.has(index, "from"):
            return not found.has(index, "at")
        if not found.is_function_word(index):
            return False
    return False


def is_located(found: Analysis, first: int, last: int) -> bool:
    """Return whether a place is where something is: 'in Porto', not 'from Porto'."""
    if found.language == "tr":
        after = [t.folded for t in found.tokens[last : last + 2] if t.kind == "word"]
        word = found.tokens[last - 1].folded
        return bool(after and after[0] in ("da", "de", "ta", "te")) or word.endswith(
            ("da", "de", "ta", "te")
        )
    if found.language == "ar" and found.tokens[first].folded[:1] == "ب":
        return True
    for back in (1, 2):
        index = first - back
        if index < 0 or found.clause[index] != found.clause[first]:
            return False
        if found.has(index, "at"):
            return True
        if not found.is_function_word(index) or found.has(index, "from"):
            return False
    return False


def clause_is_negated(found: Analysis, index: int) -> bool:
    """Return whether the verb of a token's clause is negated: 'never seen', 'do not sell'."""
    near = found.near(index)
    if any(found.classes[each] & {"no_longer", "not_only", "only"} for each in near):
        return False
    inside = set(near)
    for first, _ in found.negations:
        if first not in inside:
            continue
        if "never" in found.classes[first] or "negative_verb" in found.classes[first]:
            return True
        for other in near:
            if (
                found.classes[other] & {"made", "sold", "seen", "exist"}
                and abs(other - first) <= REACH
            ):
                return True
    return False


def is_denied(found: Analysis, first: int, last: int) -> bool:
    """Return whether the text denies tokens ``first`` to ``last``: a place or a name."""
    if _is_exception(found, first):
        return False
    if _is_denied_before(found, first) or _is_denied_after(found, first, last):
        return True
    if _is_answered_no(found, first) or _is_followed_by_no(found, first):
        return True
    return clause_is_negated(found, first) and not _is_negated_twice(found, first, last)


def _is_exception(found: Analysis, first: int) -> bool:
    """Return whether a denial leaves a place out: 'nowhere but in A', 'never except in A'."""
    for back in (1, 2, 3):
        index = first - back
        if index < 0 or found.clause[index] != found.clause[first]:
            return False
        if found.has(index, "except") or (found.has(index, "than") and back <= 2):
            return True
        if not found.is_function_word(index):
            return False
    return False


def _is_followed_by_no(found: Analysis, first: int) -> bool:
    """Return whether the next clause is a mere no: 'in Guinea itself — no', 'Italy, but no'."""
    clause, sentence = found.clause[first], found.sentence[first]
    later = [
        i
        for i in range(first, len(found.tokens))
        if found.sentence[i] == sentence and found.clause[i] > clause
    ]
    if not later:
        return False
    words = [i for i in later if found.clause[i] == found.clause[later[0]]]
    words = [i for i in words if not found.classes[i] & {"but", "instead"}]
    return 0 < len(words) <= 2 and all(found.classes[i] & {"no", "not"} for i in words)


def _is_answered_no(found: Analysis, first: int) -> bool:
    """Return whether a mention is asked and answered: 'From Italy? No, …'."""
    sentence = found.sentence[first]
    for index in range(first, len(found.tokens)):
        if found.sentence[index] != sentence:
            before = found.tokens[index - 1].text
            return before in "?؟？" and found.has(index, "no")
    return False


def _is_negated_twice(found: Analysis, first: int, last: int) -> bool:
    """Return whether two negations make a yes: 'there is no shop in A that does not sell it'."""
    sentence = found.sentence[first]
    plain = [
        a for a, _ in found.negations
        if found.sentence[a] == sentence and "not" in found.classes[a] and not found.classes[a] & {"nor", "never"}
        and found.tokens[a].folded not in ("ne", "n", "et")
    ]  # fmt: skip
    before = [a for a in plain if a < first]
    after = [a for a in plain if a >= last]
    if not before or not after:
        return False
    between = range(before[-1] + 1, after[0])
    return not any(found.classes[i] & {"but", "instead", "nor"} for i in between)


def _negation_at(found: Analysis, index: int) -> bool:
    return any(a <= index < b for a, b in found.negations)


def _is_denied_before(found: Analysis, first: int) -> bool:
    steps = 0
    index = first - 1
    while index >= 0 and found.clause[index] == found.clause[first] and steps < MAX_TRANSPARENT:
        if found.classes[index] & {"not_only", "no_longer"}:
            return False
        if _negation_at(found, index):
            return True
        if not found.is_function_word(index):
            return False
        steps += found.tokens[index].kind == "word"
        index -= 1
    return False


def _is_denied_after(found: Analysis, first: int, last: int) -> bool:
    steps = 0
    index = last
    negated = False
    while index < len(found.tokens) and found.clause[index] == found.clause[first]:
        if found.classes[index] & {"not_only", "no_longer"}:
            return False
        if _negation_at(found, index):
            negated = True
        elif not found.is_function_word(index):
            return False
        elif negated and found.tokens[index].folded in CONJUNCTIONS:
            return True
        steps += 1
        if steps > MAX_TRANSPARENT + 2:
            return False
        index += 1
    return negated


def is_background(found: Analysis, first: int, last: int, is_demonym: bool) -> bool:
    """Return whether a mention says where somebody is from, and nothing of the object."""
    near = [i for i in found.near(first) if not first <= i < last]
    if found.language == "zh" and found.has(last, "person") and found.tokens[last].folded != "产":
        return True
    if is_demonym:
        for index in range(max(0, first - 2), min(len(found.tokens), last + 2)):
            if (
                found.has(index, "person")
                or found.has(index, "kin")
                or (index < first and found.has(index, "my"))
            ) and found.clause[index] == found.clause[first]:
                return True
    if any("live" in found.classes[index] for index in near):
        return True
    if is_demonym and first:
        clause, sentence = found.clause[first], found.sentence[first]
        if not any(found.classes[i] & set(RELATIONS) for i in near) and all(
            found.is_function_word(i) for i in near
        ):
            before = [
                i
                for i in range(first)
                if found.sentence[i] == sentence and found.clause[i] not in (clause, -1)
            ]
            if before and any(
                found.classes[i] & {"person", "kin"}
                for i in before
                if found.clause[i] == found.clause[before[-1]]
            ):
                return True
    if is_located(found, first, last) or any(found.classes[i] & set(RELATIONS) for i in near):
        return False
    people = [i for i in near if i < first and found.classes[i] & {"person", "kin"}]
    # 'My father comes from Ghana', but not 'my father says it is a lamp from Ghana'.
    return bool(people) and all(found.is_function_word(i) for i in range(people[-1] + 1, first))


def is_first_thought(found: Analysis, first: int) -> bool:
    """Return whether a mention is only what somebody thought at first: 'I thought of Italy, but …'."""
    near = found.near(first)
    if any("mistook" in found.classes[i] for i in near):
        return True
    if not any("thought" in found.classes[i] for i in near):
        return False
    if any("first" in found.classes[i] for i in near):
        return True
    clause, sentence = found.clause[first], found.sentence[first]
    return any(
        names & {"but", "instead"} and found.sentence[i] == sentence and found.clause[i] > clause
        for i, names in enumerate(found.classes)
    )
