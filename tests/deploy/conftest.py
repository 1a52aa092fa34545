"""nginx with deploy/nginx.conf in front of the real site."""

import pytest

from tests.nginx import Nginx, find_nginx
from tests.skips import skip_or_fail
from tests.stack import free_port


@pytest.fixture
def front(stack, tmp_path):
    if find_nginx() is None:
        skip_or_fail("NO NGINX: install it (Debian: apt-get install nginx-light) to run this test")
    stack.web()
    static = tmp_path / "static"
    (static / "css").mkdir(parents=True)
    (static / "css" / "site.0123456789ab.css").write_text("body{}")
    running = Nginx(tmp_path / "nginx", free_port(), stack.port, static)
    yield running
    running.stop()
