"""The reader on any text whatever."""

from dataclasses import fields

from hypothesis import given, settings
from hypothesis import strategies as st

from tips.reading import Evidence, read
from tips.reading.text import fold, tokenise

WORDS = st.sampled_from(
    "not from in Paris Spain nicht aus Köln sondern 1.299,50 € + 351 , . ? ! neither nor Ни в Москве 是 不是 法国 "
    "٣ في مصر 20 x cm 1990s Zimmer half три or zwei £ kr @ http:// www.a.pl youtu.be \n ' \" « » - – %".split(
        " "
    )
)
TEXTS = st.one_of(st.text(max_size=300), st.lists(WORDS, max_size=40).map(" ".join))


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_no_text_raises_and_all_spans_lie_in_it(text):
    account = read(text)
    for evidence in _evidence(account):
        assert 0 <= evidence.start < evidence.end <= len(text)
        assert text[evidence.start : evidence.end] == evidence.words


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_reading_twice_says_the_same(text):
    assert read(text) == read(text)


@given(st.text(max_size=100))
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=200))
def test_tokens_are_in_order_and_do_not_overlap(text):
    end = 0
    for token in tokenise(text):
        assert end <= token.start < token.end
        assert text[token.start : token.end] == token.text
        end = token.end


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_no_country_is_named_and_ruled_out_at_once(text):
    account = read(text)
    assert not {c.code for c in account.suggested} & {c.code for c in account.ruled_out}
    assert not {c.code for c in account.suggested} & {c.code for c in account.weak}


def _evidence(value):
    if isinstance(value, Evidence):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from _evidence(each)
    elif hasattr(value, "__dataclass_fields__"):
        for field in fields(value):
            yield from _evidence(getattr(value, field.name))
