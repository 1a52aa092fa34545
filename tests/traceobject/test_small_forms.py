"""Small forms are read as Django reads them, or left to Django."""

import io

from django.core.handlers.wsgi import WSGIRequest
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from hypothesis import example, given
from hypothesis import strategies as st

from traceobject import small_forms

NAMES = st.sampled_from(["text", "country", "kept", "a-b_1"])
VALUES = st.text(max_size=60).map(str.encode) | st.binary(max_size=60)
NASTY = st.sampled_from(
    [b"\r", b"\n", b"\r\n", b"--b", b"--b--", b"\r\n--b\r\n", b"-", b"\x00", b""]
)
FORMS = st.lists(st.tuples(NAMES, st.lists(VALUES | NASTY, max_size=4).map(b"".join)), max_size=8)


def body(pairs, end=b"--b--\r\n", no_file=False):
    parts = [
        b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name.encode(), value)
        for name, value in pairs
    ]
    if no_file:
        parts.append(
            b'--b\r\nContent-Disposition: form-data; name="pictures"; filename=""\r\n'
            b"Content-Type: application/octet-stream\r\n\r\n\r\n"
        )
    return b"".join(parts) + end


def request_of(data, content_type="multipart/form-data; boundary=b"):
    return WSGIRequest(
        {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": "/",
            "CONTENT_TYPE": content_type,
            "CONTENT_LENGTH": str(len(data)),
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "wsgi.input": io.BytesIO(data),
        }
    )


def as_django_reads_it(data):
    request = request_of(data)
    try:
        post, files = MultiPartParser(
            request.META, io.BytesIO(data), request.upload_handlers
        ).parse()
    except MultiPartParserError:
        return None
    assert not files
    return [(name, value) for name, values in post.lists() for value in values]


def grouped(pairs):
    names = dict.fromkeys(name for name, _ in pairs)
    return [(name, value) for name in names for other, value in pairs if other == name]


@given(FORMS, st.booleans())
@example([("text", b"x\r\n")], True)
@example([("text", b"caf\xe9")], False)
def test_what_is_read_is_what_django_reads(pairs, no_file):
    data = body(pairs, no_file=no_file)
    found = small_forms.fields(data, "b")
    if found is not None:
        assert grouped(found) == as_django_reads_it(data)


@given(
    st.binary(max_size=300)
    | FORMS.map(body).flatmap(lambda whole: st.integers(0, len(whole)).map(lambda end: whole[:end]))
)
def test_what_is_broken_is_left_to_django_or_read_alike(data):
    found = small_forms.fields(data, "b")
    if found is not None:
        assert grouped(found) == as_django_reads_it(data)


def test_a_plain_form_of_a_browser_is_read():
    data = body([("text", b"I saw it"), ("text", b"again"), ("why", b"")], no_file=True)
    request = request_of(data)
    assert small_forms.load(request)
    assert request.POST.getlist("text") == ["I saw it", "again"]
    assert request.POST["why"] == ""
    assert not request.FILES


def test_files_large_forms_and_other_encodings_are_left_to_django():
    file = b'--b\r\nContent-Disposition: form-data; name="pictures"; filename="a.jpg"\r\n\r\nx\r\n--b--\r\n'
    assert small_forms.fields(file, "b") is None
    large = body([("text", b"x" * small_forms.LARGEST)])
    for data, kind in (
        (file, "multipart/form-data; boundary=b"),
        (large, "multipart/form-data; boundary=b"),
        (body([("text", b"x")]), "multipart/form-data; boundary=b; charset=latin-1"),
        (b"text=x", "application/x-www-form-urlencoded"),
    ):
        request = request_of(data, kind)
        assert not small_forms.load(request)
        assert request.POST or request.FILES  # Django has it still
