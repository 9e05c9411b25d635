"""Ways out of the house: a file or the console for the demo, SMTP for e-mail, Kannel for text messages.

Every call has a time-out, and every failure says whether trying again may help.
"""

from __future__ import annotations

import json
import os
import smtplib
import sys
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from onedoor.kernel.clock import local
from onedoor.notify.templates import short

TIMEOUT_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Letter:
    """What goes out: to whom, and the words. The id lets a receiver recognise a second copy."""

    id: UUID
    channel: str
    address: str
    title: str
    text: str
    at: datetime


class NotSent(Exception):
    """The way out did not take the letter; ``final`` means that trying again cannot help."""

    def __init__(self, problem: str, *, final: bool) -> None:
        super().__init__(problem)
        self.problem = problem
        self.final = final


class Backend(Protocol):
    def send(self, letter: Letter) -> None:
        """Hand the letter over.

        :raises NotSent: when it was not taken.
        """


@dataclass(frozen=True, slots=True)
class FileBackend:
    """Appends letters to a file for each channel and day, one JSON line each; readable by the installation's user only."""

    folder: Path

    def send(self, letter: Letter) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        line = json.dumps(
            {
                "at": local(letter.at).isoformat(timespec="seconds"),
                "id": str(letter.id),
                "to": letter.address,
                "title": letter.title,
                "text": letter.text,
            },
            ensure_ascii=False,
        )
        path = self.folder / f"{letter.channel}-{local(letter.at):%Y-%m-%d}.jsonl"
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, f"{line}\n".encode())
        finally:
            os.close(handle)


class ConsoleBackend:
    """Prints letters where the worker runs."""

    def send(self, letter: Letter) -> None:
        sys.stdout.write(f"[{letter.channel} -> {letter.address}] {letter.title}: {letter.text}\n")
        sys.stdout.flush()


class SmtpBackend:
    """Sends e-mail to the configured server; the Message-ID is made from the letter, so a second copy is recognised."""

    def send(self, letter: Letter) -> None:
        host = settings.ONEDOOR_MAIL_FROM.rsplit("@", 1)[-1].rstrip(">")
        mail = EmailMessage(
            subject=" ".join(letter.title.split()),
            body=letter.text,
            from_email=settings.ONEDOOR_MAIL_FROM,
            to=[letter.address],
            headers={"Message-ID": f"<{letter.id}@{host}>"},
            connection=get_connection(
                "django.core.mail.backends.smtp.EmailBackend",
                host=settings.ONEDOOR_SMTP_HOST,
                port=settings.ONEDOOR_SMTP_PORT,
                username=settings.ONEDOOR_SMTP_USER,
                password=settings.ONEDOOR_SMTP_PASSWORD,
                use_tls=settings.ONEDOOR_SMTP_SECURITY == "starttls",
                use_ssl=settings.ONEDOOR_SMTP_SECURITY == "tls",
                timeout=TIMEOUT_SECONDS,
            ),
        )
        try:
            mail.send()
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _text in error.recipients.values()]
            raise NotSent(f"recipient refused: {codes}", final=all(code >= 500 for code in codes)) from error
        except smtplib.SMTPDataError as error:
            raise NotSent(f"refused: {error.smtp_code}", final=error.smtp_code >= 500) from error
        except (smtplib.SMTPException, OSError) as error:
            raise NotSent(type(error).__name__, final=False) from error
        except UnicodeError as error:
            raise NotSent("address cannot be written", final=True) from error


@dataclass(frozen=True, slots=True)
class KannelBackend:
    """Hands text messages to Kannel's HTTP interface (sendsms), as UCS-2, which Chinese needs."""

    url: str
    user: str
    password: str
    sender: str

    def send(self, letter: Letter) -> None:
        query = urllib.parse.urlencode(
            {
                "username": self.user,
                "password": self.password,
                "from": self.sender,
                "to": letter.address,
                "text": short(f"{settings.ONEDOOR_SMS_SIGNATURE}{letter.text}"),
                "charset": "UTF-8",
                "coding": "2",
            }
        )
        try:
            with urllib.request.urlopen(f"{self.url}?{query}", timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 - the operator's setting
                answer.read(1000)
        except urllib.error.HTTPError as error:
            error.close()
            raise NotSent(f"gateway answered {error.code}", final=error.code == 400) from error
        except (OSError, ValueError) as error:
            raise NotSent(type(error).__name__, final=False) from error


def backend_for(channel: str) -> Backend:
    """Return the way out of a channel, as set for this installation: file, console, smtp or kannel."""
    kind = settings.ONEDOOR_SMS if channel == "sms" else settings.ONEDOOR_EMAIL
    if kind == "console":
        return ConsoleBackend()
    if kind == "smtp" and channel == "email":
        return SmtpBackend()
    if kind == "kannel" and channel == "sms":
        return KannelBackend(
            settings.ONEDOOR_KANNEL_URL, settings.ONEDOOR_KANNEL_USER, settings.ONEDOOR_KANNEL_PASSWORD, settings.ONEDOOR_SMS_SENDER
        )
    return FileBackend(settings.ONEDOOR_OUTBOX)
