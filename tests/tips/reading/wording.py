"""What a reading says, in words that tests can compare."""

from tips.reading import read


def numbers(text: str) -> set[str]:
    """Return the numbers of a text as 'value[-to] kind [unit]'."""
    return {
        " ".join(filter(None, (f"{n.value}-{n.to}" if n.to else n.value, n.kind, n.unit)))
        for n in read(text).numbers
    }
