"""The sample data fits together, also the objects that the quick tests do not load."""

import pytest
from django.conf import settings
from django.utils.text import slugify

from objects.sample.drawings import DRAWINGS
from tips.sample import categories
from tips.sample.texts import ENDINGS, GREETINGS, HELD, SAMPLES, WAITING

EVERY = [*SAMPLES, WAITING, HELD]


@pytest.mark.parametrize("sample", EVERY, ids=lambda sample: sample.reference)
def test_a_sample_object_has_a_drawing_a_category_and_texts_of_the_sites_languages(sample):
    languages = set(dict(settings.LANGUAGES))
    assert sample.drawing in DRAWINGS
    assert slugify(sample.category) in categories.NAMES
    assert sample.title
    assert sample.question
    assert sample.alt
    assert set(sample.translated) | set(sample.alt_translated) <= languages
    assert set(sample.translated) == set(sample.alt_translated)
    for fact in sample.facts:
        assert set(fact.words) <= set(GREETINGS) & set(ENDINGS)
        assert all(text for texts in fact.words.values() for text in texts)


def test_references_of_sample_objects_differ():
    assert len({sample.reference for sample in EVERY}) == len(EVERY)
