"""Write the calendar that a release carries: published years from chinesecalendar, later ones projected with holidays.

Run it when chinesecalendar knows a new year: ``python -m checks.make_calendar``. A test compares the file with what this makes.
"""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import chinese_calendar
import holidays
from chinese_calendar import constants

FILE = Path(__file__).resolve().parents[1] / "src/onedoor/workdays/data/days.csv"
PROJECTED_UNTIL = 2035
NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}


def published() -> list[tuple[date, str, str]]:
    """Return the days off and the make-up days of the years that chinesecalendar knows."""
    found = [(day, "holiday", NAMES[name]) for day, name in constants.holidays.items()]
    found += [(day, "makeup", NAMES[name]) for day, name in constants.workdays.items() if day.weekday() >= 5]
    return sorted(found)


def projected(last_published: int) -> list[tuple[date, str, str]]:
    """Return the statutory days of the years after it; nobody can know which days will be swapped for them."""
    days = holidays.country_holidays("CN", years=range(last_published + 1, PROJECTED_UNTIL + 1), language="zh_CN")
    return sorted(
        (day, "holiday", name.removeprefix("农历").removesuffix("（补假）").replace("除夕", "春节").replace("; ", "、"))
        for day, name in days.items()
    )


def years() -> tuple[int, int]:
    """Return the first and the last year that chinesecalendar answers for."""
    known = sorted({day.year for day in constants.holidays})
    for year in known:
        chinese_calendar.is_workday(date(year, 12, 31))
    return known[0], known[-1]


def text() -> str:
    """Return the file: one line for each day that its weekday does not explain, with the source of what is said."""
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\n").writerow
    write(["date", "kind", "name", "source"])
    for day, kind, name in published():
        write([day.isoformat(), kind, name, "package"])
    for day, kind, name in projected(years()[1]):
        write([day.isoformat(), kind, name, "projected"])
    return out.getvalue()


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
