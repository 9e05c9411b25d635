"""Submitting an application over HTTP, beside the same rows written by PostgreSQL alone."""

from __future__ import annotations

import re
from collections import deque
from urllib.parse import urlencode
from uuid import UUID

from bench import hall, load, stand
from bench.registry import benchmark
from bench.result import Result, percentile

STATEMENTS = 12
RATIO = 0.10
WORKERS = 2
_NO_STATEMENT = re.compile(r"(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)\b")


@benchmark("casework.submit")
def submit(quick: bool) -> list[Result]:
    """Submit drafts with four papers: validation, authorisation, number, limit, journal, receipt and message included."""
    each, floor = (1_500, 60_000) if quick else (5_000, 200_000)
    stand.fresh_database("submit_quick" if quick else "submit", lambda: hall.build(each, floor))
    statements, pattern = _count()
    drafts = [_drafts(number) for number in range(hall.CLIENTS)]
    rows = sum(len(each) for each in drafts) + floor
    script = _floor(pattern)
    with stand.web(workers=WORKERS):
        clients = [logged_in(number, drafts[number][0]) for number in range(hall.CLIENTS)]
        waiting = {id(client): (token, drafts[number]) for number, (client, token) in enumerate(clients)}

        def one(client: load.Client, _number: int) -> bool:
            token, own = waiting[id(client)]
            return submit_draft(client, token, own.popleft())

        ours, beside = load.in_turns(
            lambda seconds: load.run(one, seconds=seconds, clients=[client for client, _token in clients]),
            lambda seconds: stand.pgbench(script, clients=hall.CLIENTS, seconds=seconds),
            quick=quick,
        )
    ratio = ours.per_s / beside
    return [
        Result(
            "casework.submit",
            ours_per_s=ours.per_s,
            floor_per_s=round(beside, 1),
            ratio=round(ratio, 4),
            statements=statements,
            p50_ms=percentile(ours.seconds, 0.5),
            p95_ms=percentile(ours.seconds, 0.95),
            p99_ms=percentile(ours.seconds, 0.99),
            rows=rows,
            kept=ratio >= RATIO and statements <= STATEMENTS and not ours.failures,
        )
    ]


def _drafts(number: int) -> deque[UUID]:
    """Return the drafts of one citizen."""
    from django.db import connection

    from onedoor.people import queries as people

    account = people.account_by_phone(hall.login_of(number))
    assert account is not None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM bench_draft JOIN casework_application USING (id) WHERE account = %s AND status = 'draft' ORDER BY n",
            [account.id],
        )
        return deque(row[0] for row in cursor.fetchall())


def logged_in(number: int, draft: UUID) -> tuple[load.Client, str]:
    """Log a citizen in as a browser does, and return the client and the token of its form."""
    client = load.Client()
    token = _token(client.get("/accounts/login/").body)
    _post(client, "/accounts/login/", csrfmiddlewaretoken=token, login=hall.login_of(number), password=hall.PASSWORD)
    return client, _token(client.get(f"/apply/d/{draft}/check/").body)


def submit_draft(client: load.Client, token: str, draft: UUID) -> bool:
    answer = _post(client, f"/apply/d/{draft}/check/", csrfmiddlewaretoken=token, truth="on")
    return answer.status == 302 and answer.headers["location"].endswith("/done/")


def _post(client: load.Client, path: str, **values: str) -> load.Answer:
    return client.send("POST", path, urlencode(values).encode(), Content_Type="application/x-www-form-urlencoded")


def _token(page: bytes) -> str:
    found = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    if found is None:
        raise RuntimeError(f"no form on the page: {page[:300].decode()}")
    return found[1].decode()


def _count() -> tuple[int, UUID]:
    """Submit one draft through the whole stack in this process, and return the number of statements sent and the draft."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    (first, second) = list(_drafts(0))[-2:]
    client = Client(headers={"Host": "127.0.0.1"})
    client.post("/accounts/login/", {"login": hall.login_of(0), "password": hall.PASSWORD})
    client.post(f"/apply/d/{first}/check/", {"truth": "on"})  # reads what a process reads once
    with CaptureQueriesContext(connection) as sent:
        answer = client.post(f"/apply/d/{second}/check/", {"truth": "on"})
    if answer.status_code != 302 or not answer.headers["Location"].endswith("/done/"):
        raise RuntimeError(f"submitting answered {answer.status_code}")
    return sum(not _NO_STATEMENT.match(each["sql"]) for each in sent.captured_queries), second


def _floor(pattern: UUID) -> str:
    """Return the pgbench script that writes what the submission of ``pattern`` wrote, value for value but for the keys."""
    row = _row("casework_application", f"id = '{pattern}'") | {"reference": "'B' || right(id::text, 11)"}
    changed = ("status", "reference", "query_code", "query_hash", "answers", "submitted_at", "arrived_at", "stage")
    key = hall.FLOOR_KEY.format(number="nextval('bench_floor_draft')")
    about = f"subject_id = '{pattern}'"
    code = "substr(md5(random()::text), 1, 12)"
    job = "nextval('procrastinate_jobs_id_seq')"
    values = ", ".join(f"{name} = {row[name]}" for name in changed)
    returning = "RETURNING id AS draft, reference AS reference"
    lines = [
        "BEGIN;",
        f"UPDATE casework_application SET {values} WHERE id = (SELECT {key}) {returning} \\gset",
        _insert("journal_entry", f"{about} AND act = 'casework.submit'", subject_id=":draft") + " RETURNING id AS entry \\gset",
        "INSERT INTO journal_unsealed (entry_id) VALUES (:entry);",
        _insert("workdays_limit", about, subject_id=":draft") + ";",
        _insert("documents_paper", about, subject_id=":draft", number=":reference", entry_id=":entry", code=code) + ";",
        _insert("notify_message", f"{about} AND channel = 'inbox'", subject_id=":draft") + ";",
        _insert("notify_message", f"{about} AND channel = 'sms'", subject_id=":draft") + ";",
        _insert("procrastinate_jobs", "task_name = 'documents.seal_papers'", id=job) + ";",
        _insert("procrastinate_jobs", "task_name = 'notify.deliver'", id=job) + ";",
        "COMMIT;",
    ]
    return "\n".join(lines) + "\n"


def _row(table: str, where: str) -> dict[str, str]:
    """Return one row as SQL literals by column."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute "
            "WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
            [table],
        )
        columns = cursor.fetchall()
        listed = ", ".join(f'"{name}"::text' for name, _kind in columns)
        cursor.execute(f"SELECT {listed} FROM {table} WHERE {where} ORDER BY 1 DESC LIMIT 1")
        values = cursor.fetchone()
    return {name: _literal(value, kind) for (name, kind), value in zip(columns, values, strict=True)}


def _literal(value: str | None, kind: str) -> str:
    if value is None:
        return f"NULL::{kind}"
    # pgbench takes a colon before a letter for a variable of its own.
    spelled = value.replace("\\", "\\\\").replace("'", "''").replace(":", "\\x3a")
    return f"E'{spelled}'::{kind}"


def _insert(table: str, where: str, **given: str) -> str:
    """Return the insert of a row like the one found, with a key of its own and what is given."""
    row = _row(table, where) | {"id": "uuidv7()"} | given
    names = ", ".join(f'"{name}"' for name in row)
    return f"INSERT INTO {table} ({names}) VALUES ({', '.join(row.values())})"
