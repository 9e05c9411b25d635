"""The round red seal as a drawing: the signature proves, the picture only says who sealed."""

from __future__ import annotations

import math
from html import escape

_RED = "#c0211b"
_SPAN = 252
"""Degrees of the arc over which the issuer's name may spread."""


def seal_svg(issuer: str, *, is_sample: bool) -> str:
    """Return the seal of ``issuer`` as SVG, 200 × 200; that of a sample says so in its middle."""
    rings = f'<circle cx="100" cy="100" r="95" fill="none" stroke="{_RED}" stroke-width="5"/>'
    below = "示　例" if is_sample else "政务服务专用章"
    size = 20 if is_sample else 15
    word = f'<text x="100" y="160" font-size="{size}" text-anchor="middle" font-weight="700">{below}</text>'
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 200" width="200" height="200">'
        f'{rings}<polygon points="{_star()}" fill="{_RED}"/>'
        f'<g fill="{_RED}" font-family="Noto Serif CJK SC">{_around(issuer)}{word}</g></svg>'
    )


def _star(radius: float = 29, middle: float = 98) -> str:
    inner = radius * 0.382
    corners = []
    for step in range(10):
        angle = math.radians(-90 + 36 * step)
        distance = radius if step % 2 == 0 else inner
        corners.append(f"{100 + distance * math.cos(angle):.2f},{middle + distance * math.sin(angle):.2f}")
    return " ".join(corners)


def _around(text: str) -> str:
    """Return each character turned to its place on the arc, because text on a path is drawn differently by every program."""
    count = len(text)
    step = min(26.0, _SPAN / max(count - 1, 1))
    size = min(25.0, math.radians(step) * 76 * 0.98)
    first = -step * (count - 1) / 2
    return "".join(
        f'<text transform="rotate({first + step * place:.2f} 100 100)" x="100" y="{31 + (25 - size) * 0.1:.2f}"'
        f' font-size="{size:.2f}" text-anchor="middle" font-weight="700">{escape(character)}</text>'
        for place, character in enumerate(text)
    )
