"""What every room registers: each sentence can be said in both languages and tells nothing personal."""

from __future__ import annotations

import importlib
import re
from importlib.util import find_spec

import pytest
from django.apps import apps
from django.utils import translation

from onedoor.journal import acts


@pytest.fixture(scope="module")
def all_acts() -> dict[str, acts.Act]:
    for config in apps.get_app_configs():
        if config.name.startswith("onedoor.") and find_spec(f"{config.name}.acts"):
            importlib.import_module(f"{config.name}.acts")
    return {code: act for code, act in acts._registered.items() if not code.startswith("test.")}


def test_no_sentence_shows_a_personal_fact(all_acts: dict[str, acts.Act]) -> None:
    assert len(all_acts) > 10
    for act in all_acts.values():
        shown = set(re.findall(r"%\((\w+)\)", str(act.sentence)))
        assert not shown & act.personal, act.code


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_sentence_can_be_said_even_of_an_entry_without_facts(all_acts: dict[str, acts.Act], language: str) -> None:
    with translation.override(language):
        for code in all_acts:
            sentence = acts.sentence_for(code, "李华", {})
            assert sentence.strip(), code
            assert "%(" not in sentence, code
