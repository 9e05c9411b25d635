from __future__ import annotations

import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from onedoor.kernel import vault


@pytest.fixture
def keys(settings, tmp_path):
    settings.ONEDOOR_KEYS = tmp_path / "keys"
    return settings.ONEDOOR_KEYS


@given(st.binary(max_size=2000))
def test_what_was_sealed_opens_again_and_is_never_sealed_alike(plain):
    sealed = vault.encrypt(plain)
    assert vault.decrypt(sealed) == plain
    assert vault.decrypt(memoryview(sealed)) == plain
    assert vault.encrypt(plain) != sealed


@given(st.data())
def test_one_changed_bit_is_found_wherever_it_is(data):
    sealed = bytearray(vault.encrypt(b"130302199003077716"))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(InvalidTag):
        vault.decrypt(bytes(sealed))


def test_a_shortened_value_does_not_open():
    with pytest.raises((InvalidTag, ValueError)):
        vault.decrypt(vault.encrypt(b"13800005072")[:-1])


def test_another_key_does_not_open_it():
    with pytest.raises(InvalidTag):
        vault.decrypt(vault.encrypt(b"13800005072"), name="other")


def test_keys_are_made_once_for_the_owner_alone(keys):
    first = vault.key("personal")
    assert len(first) == 32
    assert vault.key("personal") == first
    assert vault.key("search") != first
    assert stat.S_IMODE((keys / "personal.key").stat().st_mode) == 0o600
    assert stat.S_IMODE(keys.stat().st_mode) == 0o700
    assert sorted(path.name for path in keys.iterdir()) == ["personal.key", "search.key"]


def test_processes_that_start_together_agree_on_one_key(keys):
    program = (
        "from pathlib import Path; from django.conf import settings;"
        f"settings.configure(ONEDOOR_KEYS=Path({str(keys)!r}));"
        "from onedoor.kernel import vault; print(vault.key('personal').hex())"
    )
    with ThreadPoolExecutor(6) as pool:
        runs = list(
            pool.map(
                lambda _: subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True), range(6)
            )
        )
    assert len({run.stdout for run in runs}) == 1
    assert [path.name for path in keys.iterdir()] == ["personal.key"]


def test_hashes_find_equal_values_of_one_purpose_only(keys):
    digest = vault.keyed_hash("13800005072", purpose="phone")
    assert len(digest) == 32
    assert vault.keyed_hash("13800005072", purpose="phone") == digest
    assert vault.keyed_hash("13800005072", purpose="identity") != digest
    assert vault.keyed_hash("13800005073", purpose="phone") != digest


def test_hashes_of_another_installation_differ(settings, tmp_path):
    settings.ONEDOOR_KEYS = tmp_path / "one"
    one = vault.keyed_hash("13800005072", purpose="phone")
    settings.ONEDOOR_KEYS = tmp_path / "two"
    assert vault.keyed_hash("13800005072", purpose="phone") != one
