"""The WSGI application that Granian serves."""

from __future__ import annotations

import io
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onedoor.config.settings")
application = get_wsgi_application()


def _warm_up() -> None:
    """Make the first page before anybody asks: templates read, addresses known, the hall's hours and the figures at hand."""
    from django.conf import settings

    host = next((name.lstrip(".") for name in settings.ALLOWED_HOSTS if name != "*"), "localhost")
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/",
        "QUERY_STRING": "",
        "SERVER_NAME": host,
        "SERVER_PORT": "80",
        "HTTP_HOST": host,
        "wsgi.input": io.BytesIO(),
        "wsgi.url_scheme": "http",
    }
    response = application(environ, lambda _status, _headers, _exc_info=None: lambda _data: None)
    response.close()


_warm_up()
