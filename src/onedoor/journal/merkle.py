"""The tree over a batch (RFC 6962, section 2.1) and the chain of the roots. Part of the format, never changed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from onedoor.journal.canonical import moment_text

EMPTY = hashlib.sha256(b"").digest()
START = bytes(32)  # what the first batch is chained to

Step = tuple[Literal["left", "right"], bytes]


def leaf(text: str) -> bytes:
    """Return the digest of one entry's canonical text."""
    return hashlib.sha256(b"\x00" + text.encode()).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """Return the root over the digests of the leaves in their order."""
    level = list(leaves)
    while len(level) > 1:
        level = _above(level)
    return level[0] if level else EMPTY


def path(leaves: Sequence[bytes], position: int) -> list[Step]:
    """Return the digests that lead from a leaf up to the root, and on which side each stands."""
    level, steps = list(leaves), list[Step]()
    while len(level) > 1:
        beside = position ^ 1
        if beside < len(level):
            steps.append(("left" if beside < position else "right", level[beside]))
        level, position = _above(level), position // 2
    return steps


def climb(digest: bytes, steps: Sequence[Step]) -> bytes:
    """Return the root that a leaf and its path lead to."""
    for side, beside in steps:
        digest = _node(beside, digest) if side == "left" else _node(digest, beside)
    return digest


def chain(previous: bytes, tree_root: bytes, number: int, count: int, sealed_at: datetime) -> bytes:
    """Return the value that ties a batch to all batches before it."""
    return hashlib.sha256(b"\x02" + previous + tree_root + f"{number} {count} {moment_text(sealed_at)}".encode()).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _above(level: list[bytes]) -> list[bytes]:
    # A node without a neighbour rises as it is: the same tree as RFC 6962's split at the largest power of two.
    pairs = [_node(level[each], level[each + 1]) for each in range(0, len(level) - 1, 2)]
    return [*pairs, level[-1]] if len(level) % 2 else pairs
