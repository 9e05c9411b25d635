"""The settings of the tests: those of the house, on a throw-away database, with what only costs time switched off."""

from __future__ import annotations

import os

from tests.ground import prepare

prepare()

from onedoor.config.settings import *  # noqa: E402, F403

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright runs an event loop in the thread of the test
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
