"""What a question means: read by the words the index holds, by their sound, by their initials, and one mistake away from them.

There is no grammar and no cutter: of all the ways to lay known words over a question, the one with the longest words is taken.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection

from onedoor.catalog import spelling, words

LONGEST_SYNONYM = 14
MOST_ALTERNATIVES = 8
LONGEST_NEARLY = 6
LONGEST_LATIN = 40
# How far into a question mistakes are looked for; the words of an item's longest name fit in.
NEARLY_WITHIN = 30

Span = tuple[int, int]

_KNOWN = """
SELECT 'word', word, word, entries, NULL::uuid FROM catalog_searchword WHERE word = ANY(%(keys)s)
UNION ALL SELECT 'pinyin', pinyin, word, entries, NULL FROM catalog_searchword WHERE pinyin = ANY(%(latin)s)
UNION ALL SELECT 'initials', initials, word, entries, NULL FROM catalog_searchword WHERE initials = ANY(%(latin)s)
UNION ALL SELECT 'synonym', word, catalogue_word, 0, item_id FROM catalog_synonym WHERE word = ANY(%(phrases)s)
UNION ALL (SELECT 'begun', word, catalogue_word, 0, item_id FROM catalog_synonym
           WHERE char_length(%(q)s) > 1 AND word LIKE %(like)s AND word <> %(q)s ORDER BY char_length(word), word LIMIT 12)
"""
_NEARLY = """
SELECT word, pinyin, entries FROM catalog_searchword WHERE shapes && %(shapes)s::varchar[]
UNION SELECT word, pinyin, entries FROM catalog_searchword WHERE pinyin = ANY(%(sounds)s) AND pinyin <> ''
LIMIT 500
"""


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing a question asks for: words of the index that say it, with how well they do (up to 1), and how telling it is."""

    text: str
    alternatives: Mapping[str, float]
    telling: float
    entries: int


@dataclass(frozen=True, slots=True)
class Understood:
    """What a question means: its concepts, the items people's words in it stand for (with how much they say), and those words."""

    question: str
    concepts: tuple[Concept, ...] = ()
    items: Mapping[UUID, float] = field(default_factory=dict)
    terms: tuple[str, ...] = ()


@dataclass(slots=True)
class _Known:
    """What the index knows of a question's pieces: by each, the words it stands for with their gains."""

    total: int = 1000
    entries: dict[str, int] = field(default_factory=dict)
    by_word: set[str] = field(default_factory=set)
    by_pinyin: dict[str, list[str]] = field(default_factory=dict)
    by_initials: dict[str, list[str]] = field(default_factory=dict)
    synonyms: list[tuple[str, str, UUID | None, bool]] = field(default_factory=list)
    spoken: dict[str, dict[str, float]] = field(default_factory=dict)

    def telling(self, word: str) -> float:
        """Return how much a word says: the rarer and the longer, the more."""
        return math.log(1 + self.total / max(1, self.entries.get(word, 1))) * math.sqrt(min(len(word), 5))


def understand(text: str) -> Understood:
    """Return what a question means.

    One statement; one more each where it has mistakes and where people's words in it mean no single item.
    """
    question = words.normalised(words.normalised(text)[: words.LONGEST_QUESTION])
    if not question:
        return Understood(question)
    chinese = words.CHINESE.findall(question)
    latin = [each[:LONGEST_LATIN] for each in words.LATIN.findall(question) if len(each) > 1 and each not in words.STOP]
    known = _look_up(question, chinese, [*latin, "".join(latin)[:LONGEST_LATIN]])
    _add_catalogue_words(known)
    concepts = [concept for run in chinese for concept in _in_chinese(run, known)] + _in_latin(latin, known)
    if len(question) > 1 and all(len(concept.text) == 1 for concept in concepts):
        concepts = []  # 拆迁 asks neither for what has 拆 nor for what has 迁
    items, terms = _meant(question, known)
    once = {concept.text: concept for concept in reversed(concepts)}
    return Understood(question, tuple(reversed(once.values())), items, terms)


def _substrings(run: str, longest: int) -> Iterable[str]:
    return (run[start : start + size] for size in range(1, longest + 1) for start in range(len(run) - size + 1))


def _look_up(question: str, chinese: Sequence[str], latin: Sequence[str]) -> _Known:
    known = _Known()
    keys = {each for run in chinese for each in _substrings(run, words.LONGEST_WORD)} | set(latin) | {""}
    phrases = {each for run in chinese for each in _substrings(run, LONGEST_SYNONYM)} | set(latin) | {question}
    phrases |= set(question.split()) | _mixed(question)
    like = question.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    values: dict[str, Any] = {
        "keys": list(keys),
        "phrases": list(phrases),
        "latin": list({each for run in latin for each in _substrings(run, 24) if len(each) > 1}),
        "q": question,
        "like": like,
    }
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, values)
        rows = cursor.fetchall()
    for kind, key, word, entries, item in sorted(rows, key=lambda row: -row[3]):
        if kind in {"synonym", "begun"}:
            known.synonyms.append((key, word, item, kind == "begun"))
            continue
        if word == "":
            known.total = max(1, entries)
            continue
        known.entries[word] = entries
        if kind == "word":
            known.by_word.add(word)
        else:
            (known.by_pinyin if kind == "pinyin" else known.by_initials).setdefault(key, []).append(word)
    return known


def _mixed(question: str) -> set[str]:
    """Return runs of Chinese and Latin together, such as 办etc, with what lies in them."""
    runs = "".join(each if each.isalnum() else " " for each in question).split()
    return {each for run in runs if not run.isascii() for each in _substrings(run[:24], LONGEST_SYNONYM) if len(each) > 1}


def _best_split(length: int, values: Mapping[Span, float]) -> list[Span]:
    """Return the spans that together are worth most, without overlap."""
    worth = [0.0] * (length + 1)
    chosen: list[Span | None] = [None] * (length + 1)
    ending: dict[int, list[Span]] = {}
    for span in values:
        ending.setdefault(span[1], []).append(span)
    for end in range(1, length + 1):
        worth[end] = worth[end - 1]
        for span in ending.get(end, ()):
            if worth[span[0]] + values[span] > worth[end]:
                worth[end], chosen[end] = worth[span[0]] + values[span], span
    found: list[Span] = []
    end = length
    while end > 0:
        last = chosen[end]
        if last is not None:
            found.append(last)
        end = end - 1 if last is None else last[0]
    return found[::-1]


def _in_chinese(run: str, known: _Known) -> list[Concept]:
    """Return what a run of Chinese characters asks for."""
    values: dict[Span, float] = {}
    for size in range(1, words.LONGEST_WORD + 1):
        for start in range(len(run) - size + 1):
            piece = run[start : start + size]
            if piece in words.STOP:
                values[start, start + size] = 0.95 * size * size if size > 1 else 0.9
            elif piece in known.by_word or piece in known.spoken:
                # Of two ways to cut, the one with words that more items have: a pair across two words is rare.
                common = 0.1 * math.log1p(known.entries.get(piece, 1))
                values[start, start + size] = size * size + common if size > 1 else 0.6
    split = _best_split(len(run), values)
    meant: dict[Span, dict[str, float]] = {}
    if nearby := _windows(run, split):
        meant = _nearly(nearby, known)
        for span, found in meant.items():
            size = span[1] - span[0]
            values[span] = max(values.get(span, 0.0), size * size * max(found.values()))
        split = _best_split(len(run), values)
    concepts = []
    for span in split:
        piece = run[slice(*span)]
        if piece in words.STOP:
            continue
        if piece in known.by_word or piece in known.spoken:
            concepts.append(_concept(piece, _parts(piece, known) | known.spoken.get(piece, {}) | {piece: 1.0}, known, piece))
        elif near := meant.get(span):
            best = max(near, key=lambda word: (near[word], known.entries.get(word, 1)))
            concepts.append(_concept(piece, _parts(best, known) | near, known, best))
    return concepts


def _parts(piece: str, known: _Known) -> dict[str, float]:
    """Return the known words that a piece is made of; each says part of it."""
    values = {span: worth for span, worth in _lengths(piece, known).items() if span != (0, len(piece))}
    inside = [piece[slice(*span)] for span in _best_split(len(piece), values)]
    return {each: 0.5 * len(each) / len(piece) for each in inside if each not in words.STOP}


def _concept(text: str, alternatives: dict[str, float], known: _Known, main: str) -> Concept:
    ordered = sorted(alternatives, key=lambda word: (-alternatives[word], -known.entries.get(word, 1), word))[:MOST_ALTERNATIVES]
    kept = {word: alternatives[word] for word in ordered}
    return Concept(text, kept, known.telling(main), sum(known.entries.get(word, 1) for word in kept))


def _windows(run: str, split: Sequence[Span]) -> dict[Span, str]:
    """Return neighbouring pieces of a run together, where one of them is a single character that may be a mistake."""
    pieces = list(split)
    covered = {place for span in pieces for place in range(*span)}
    pieces = sorted([*pieces, *((place, place + 1) for place in range(len(run)) if place not in covered)])
    found: dict[Span, str] = {}
    for first in range(len(pieces)):
        has_weak = False
        for start, end in pieces[first:]:
            piece, size = run[start:end], end - pieces[first][0]
            if size > LONGEST_NEARLY or end > NEARLY_WITHIN or (piece in words.STOP and end - start > 1):
                break
            has_weak = has_weak or (end - start == 1 and piece not in words.STOP)
            if has_weak and size > 1:
                found[pieces[first][0], end] = run[pieces[first][0] : end]
    return found


def _nearly(spans: Mapping[Span, str], known: _Known) -> dict[Span, dict[str, float]]:
    """Return pieces of a run that sound like a word of the index, or lie one mistake away from one."""
    sounds = {span: spelling.sound(piece) for span, piece in spans.items() if len(piece) <= 4}
    found: dict[Span, dict[str, float]] = {}
    for word, pinyin, entries in _near(spans.values(), sounds.values()):
        for span, piece in spans.items():
            if piece == word:
                continue
            if pinyin and len(piece) == len(word) and sounds.get(span) == pinyin:
                gain = 0.85
            elif len(word) >= spelling.SHORTEST_MISTYPED and spelling.is_one_mistake(piece, word):
                gain = 0.8
            else:
                continue
            known.entries.setdefault(word, entries)
            found.setdefault(span, {})[word] = gain
    return found


def _near(typed: Iterable[str], sounds: Iterable[str]) -> list[tuple[str, str, int]]:
    """Return word, pinyin and entries of the words that share a shape or the sound with what was typed. One statement."""
    pieces = list(typed)
    shapes = dict.fromkeys((*pieces, *spelling.all_shapes(pieces)))
    with connection.cursor() as cursor:
        cursor.execute(_NEARLY, {"shapes": list(shapes), "sounds": [each for each in set(sounds) if each]})
        return list(cursor.fetchall())


def _in_latin(tokens: Sequence[str], known: _Known) -> list[Concept]:
    """Return what Latin letters ask for; pinyin typed with blanks is read as one."""
    joined = "".join(tokens)[:LONGEST_LATIN]
    if len(tokens) > 1 and not all(token in known.by_word for token in tokens):
        split = _sounded(joined, known)
        if sum(end - start for start, end in split) == len(joined):
            return _of_sounds(joined, split, known)
    return [concept for token in tokens for concept in _of_token(token, known)]


def _of_token(token: str, known: _Known) -> list[Concept]:
    """Return what a word of Latin letters asks for: a word of the index, pinyin, initials, or what lies one mistake from these."""
    if token in known.by_word:
        return [_concept(token, {token: 1.0}, known, token)]
    split = _sounded(token, known)
    if sum(end - start for start, end in split) == len(token):
        return _of_sounds(token, split, known)
    near = (
        [row for row in _near([token], ()) if any(spelling.is_one_mistake(token, each) for each in row[:2])]
        if len(token) > 4
        else []
    )
    if near:
        known.entries |= {word: entries for word, _pinyin, entries in near}
        best = max(near, key=lambda row: row[2])[0]
        return [_concept(token, {word: 0.8 for word, _pinyin, _entries in near}, known, best)]
    sure = [span for span in split if token[slice(*span)] in known.by_pinyin and span[1] - span[0] > 4]
    return _of_sounds(token, sure, known)


def _sounded(run: str, known: _Known) -> list[Span]:
    """Return the pieces of a run of letters that are pinyin or initials of words, so that as much as possible is covered."""
    values: dict[Span, float] = {}
    for size in range(2, min(len(run), 24) + 1):
        for start in range(len(run) - size + 1):
            piece = run[start : start + size]
            if piece in known.by_pinyin:
                many = any(len(word) > 1 for word in known.by_pinyin[piece])
                values[start, start + size] = size * size * (1.0 if many else 0.3)
            elif piece in known.by_initials and (size > 2 or size == len(run)):
                values[start, start + size] = 0.9 * size * size
            elif piece in known.by_initials and len(run) > 5:  # a verb behind a long word: jmsfz-bl
                values[start, start + size] = 0.5 * size * size
    return _best_split(len(run), values)


def _of_sounds(run: str, split: Sequence[Span], known: _Known) -> list[Concept]:
    concepts = []
    for start, end in split:
        piece = run[start:end]
        sounding = known.by_pinyin.get(piece)
        means = sounding or known.by_initials[piece]
        gain = 1.0 if sounding else 0.9
        concepts.append(_concept(piece, dict.fromkeys(means[:MOST_ALTERNATIVES], gain), known, means[0]))
    return concepts


def _meant(question: str, known: _Known) -> tuple[dict[UUID, float], tuple[str, ...]]:
    """Return the items that people's words in a question stand for, the more of it they cover the more, and those words."""
    items: dict[UUID, float] = {}
    told = [word for word, _meaning, _item, is_begun in known.synonyms if not is_begun]
    longest = [word for word in told if not any(word != other and word in other for other in told)]
    for word, _meaning, item, is_begun in known.synonyms:
        if item is None or not (is_begun or word in longest):
            continue
        share = 0.5 * len(question) / len(word) if is_begun else len(word) / len(question)
        items[item] = max(items.get(item, 0.0), 1.6 if word == question else share)
    return items, tuple(dict.fromkeys(longest))


def _add_catalogue_words(known: _Known) -> None:
    """Let people's words that mean no single item stand for the words of the index in their meaning. One statement, or none.

    Of several meanings the first says most, and of the words of one the rarest.
    """
    runs: dict[str, list[str]] = {}
    for word, meaning, item, is_begun in known.synonyms:
        if not is_begun:
            known.spoken.setdefault(word, {})
            if item is None:
                runs.setdefault(word, []).extend(words.CHINESE.findall(meaning))
    if not runs:
        return
    also = _look_up("", [run for each in runs.values() for run in each], ())
    for word, meant in runs.items():
        for number, run in enumerate(meant):
            pieces = [run[slice(*span)] for span in _best_split(len(run), _lengths(run, also))]
            rarest = max((also.telling(piece) for piece in pieces), default=1.0)
            for piece in pieces:
                known.spoken[word].setdefault(piece, (0.9 - 0.03 * min(number, 10)) * also.telling(piece) / rarest)
    known.entries = also.entries | known.entries


def _lengths(run: str, known: _Known) -> dict[Span, float]:
    return {
        (start, start + size): float(size * size)
        for size in range(2, words.LONGEST_WORD + 1)
        for start in range(len(run) - size + 1)
        if run[start : start + size] in known.by_word
    }
