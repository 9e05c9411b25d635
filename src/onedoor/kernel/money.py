"""Money: integer fen everywhere, formatted only where people read it."""

from __future__ import annotations


def yuan(fen: int) -> str:
    """Return an amount in yuan for people: ``20`` for 2000 fen, ``0.50`` for 50."""
    sign, fen = ("-", -fen) if fen < 0 else ("", fen)
    whole, rest = divmod(fen, 100)
    return f"{sign}{whole:,}" if not rest else f"{sign}{whole:,}.{rest:02d}"
