"""Reads the form of a page as a browser would send it, so that a test posts what a person sees."""

from __future__ import annotations

from html.parser import HTMLParser


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.sent: dict[str, list[str]] = {}
        self.in_main = False
        self.area = self.select = None
        self.choices: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.in_main = self.in_main or tag == "main"
        name = told.get("name")
        if not self.in_main:
            return
        if tag == "input" and name and told.get("type") not in ("submit", "button", "file"):
            if told.get("type") not in ("checkbox", "radio") or "checked" in told:
                self.sent.setdefault(name, []).append(told.get("value") or ("on" if told.get("type") == "checkbox" else ""))
        elif tag == "textarea" and name:
            self.area = name
            self.sent.setdefault(name, []).append("")
        elif tag == "select" and name:
            self.select, self.choices = name, []
        elif tag == "option" and self.select:
            value = told.get("value") or ""
            if "selected" in told:
                self.sent.setdefault(self.select, []).append(value)
            self.choices.append(value)

    def handle_data(self, data: str) -> None:
        if self.area:
            self.sent[self.area][-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self.area:
            # A browser drops the first line break and sends the others as two characters.
            text = self.sent[self.area][-1].removeprefix("\n")
            self.sent[self.area][-1] = text.replace("\n", "\r\n")
            self.area = None
        elif tag == "select":
            if self.select and self.select not in self.sent and self.choices:
                self.sent[self.select] = [self.choices[0]]
            self.select = None
        elif tag == "main":
            self.in_main = False


def sent_by(page: bytes) -> dict[str, list[str]]:
    """Return what the forms of the main part of a page would send, by name."""
    reader = _Reader()
    reader.feed(page.decode())
    return reader.sent
