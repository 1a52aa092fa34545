import pytest


@pytest.fixture
def visit(stack, browser):
    """Open a fresh browser profile; whatever the console complains of fails the test."""
    complaints = []

    def note(message):
        expected = "422" in message.text  # a form with a mistake in it comes back with this status
        if message.type == "error" and not expected:
            complaints.append(message.text)

    def open_page(**options):
        page = browser.new_context(base_url=stack.url, **options).new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_page
    assert complaints == []
