"""What is committed is what its sources were last built into."""

from checks.look_fresh import stale


def test_built_files_are_fresh():
    assert stale() == []
