"""Every message has its Chinese, one message has one Chinese, and no Chinese is English left standing."""

from __future__ import annotations

import re

import polib
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from checks import messages

# Words that Chinese readers see in Latin letters too.
LATIN = {"PDF", "JSON", "API", "UTF", "ISO", "CA", "QR", "SM2", "Excel", "CSV", "JPEG", "PNG", "Ctrl", "Enter", "Esc", "Alt", "ID"}


def test_catalogues_are_complete_and_say_one_thing_in_one_way() -> None:
    assert messages.problems() == []


def test_no_chinese_is_english_left_standing() -> None:
    left = []
    for path in messages.catalogues():
        for entry in polib.pofile(str(path)):
            text = re.sub(r"%\(\w+\)[sd]|\{\w*\}|<[^>]*>|https?://\S+|[\w.@-]+/[\w./-]+|ONEDOOR_\w+", "", entry.msgstr)
            words = set(re.findall(r"[A-Za-z]{3,}", text)) - LATIN
            if words and not re.search("[\u3400-\u9fff]", text):
                left.append((path.parts[-5], entry.msgid, entry.msgstr))
    assert left == []


def test_a_message_of_every_room_is_found_at_run_time() -> None:
    """What the catalogues say is what Django shows, whatever order the rooms are loaded in."""
    assert settings.USE_I18N
    hidden = []
    with translation.override("zh-hans"):
        for path in messages.catalogues():
            entries = [each for each in polib.pofile(str(path)) if each.translated() and not each.msgctxt and each.msgstr]
            hidden += [(path.parts[-5], each.msgid) for each in entries if gettext(each.msgid) != each.msgstr]
    assert hidden == []
