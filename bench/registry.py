"""The names that can be measured."""

from __future__ import annotations

from collections.abc import Callable

from bench.result import Result

Benchmark = Callable[[bool], list[Result]]
KNOWN: dict[str, Benchmark] = {}


def benchmark(name: str) -> Callable[[Benchmark], Benchmark]:
    """Register a function that takes ``quick`` and returns its results."""

    def register(function: Benchmark) -> Benchmark:
        KNOWN[name] = function
        return function

    return register
