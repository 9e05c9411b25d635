"""The sample city as the ground of measurements."""

from __future__ import annotations

from importlib.util import find_spec


def build() -> None:
    """Build the sample city, as the demo does."""
    if find_spec("onedoor.sample.city"):
        from onedoor.sample import city

        city.build(progress=lambda _text: None)
