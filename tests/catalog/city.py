"""A city for the tests of the catalogue: the sample's items with the offices that implement them, built by the acts."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, time

from onedoor.catalog import queries as catalog
from onedoor.catalog import services
from onedoor.catalog.services import NewServiceItem, NewSynonym
from onedoor.catalog.services.search_index import count_words
from onedoor.kernel.actor import system_actor
from onedoor.network import opening
from onedoor.network import services as network
from onedoor.network.entries import NewAgency, NewHours, NewRegion, NewSite
from tests.catalog.sources import DATA, guides_file, items_file, sample_records, synonym_rows

AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
BY = system_actor("test")
LEVELS = {"city": "center", "county": "center", "township": "station"}


def import_sample() -> None:
    """Import the sample's items, guides and synonyms."""
    services.import_items(basis="测试", items=items_file(), guides=guides_file(), by=BY, at=AT)
    rows = [
        NewSynonym(row["word"], row["catalogue_word"], row["item_code"] if row["kind"] == "item" else "") for row in synonym_rows()
    ]
    services.add_synonyms(rows, by=BY, at=AT)
    count_words()


def build_network() -> dict[str, list[NewServiceItem]]:
    """Build the city, its counties and townships with one centre and one office each, and who implements what, by item."""
    opening.forget()
    with (DATA / "regions_130300.csv").open(encoding="utf-8-sig", newline="") as lines:
        regions = [row for row in csv.DictReader(lines) if row["level"] in LEVELS]
    with (DATA / "sites.csv").open(encoding="utf-8-sig", newline="") as lines:
        sites = {row["region"]: row for row in csv.DictReader(lines) if row["level"] in LEVELS}
    known = {row["code12"] for row in regions}
    network.create_regions(
        [
            NewRegion(row["code12"], row["name"], row["level"], row["parent12"] if row["parent12"] in known else None)
            for row in regions
        ],
        by=BY,
        at=AT,
    )
    hours = {row["hours_code"] for row in sites.values()}
    network.set_hours([NewHours(code, day, time(8, 30), time(17, 30)) for code in hours for day in range(5)], by=BY, at=AT)
    network.create_sites(
        [
            NewSite(
                row["code"],
                row["name"],
                LEVELS[row["level"]],
                row["level"],
                row["region"],
                row["address"],
                hours_code=row["hours_code"],
            )
            for row in sites.values()
        ],
        by=BY,
        at=AT,
    )
    agencies = [
        NewAgency(f"T-{row['code12']}", f"{row['name']}审批", row["level"], row["code12"], site=sites[row["code12"]]["code"])
        for row in regions
        if row["level"] != "city" and row["code12"] in sites
    ]
    departments = sorted({item.dept for item in sample_records()})
    centre = next(row for row in sites.values() if row["level"] == "city")
    agencies += [
        NewAgency(f"T-{code}", f"部门{code}", "city", "130300000000", department_code=code, site=centre["code"])
        for code in departments
    ]
    ids = network.create_agencies(agencies, by=BY, at=AT)
    credit = "91130399MA0000000X"
    found: dict[str, list[NewServiceItem]] = {}
    for item in sample_records():
        rows = found.setdefault(item.code, [])
        if "city" in item.levels:
            rows.append(
                NewServiceItem(
                    item.code,
                    ids[f"T-{item.dept}"],
                    "city",
                    f"{credit[:16]}{departments.index(item.dept):02d}",
                )
            )
        for number, agency in enumerate(agencies):
            if agency.level in item.levels and agency.level != "city":
                rows.append(NewServiceItem(item.code, ids[agency.code], agency.level, f"{credit[:15]}{number:03d}"))
    return found


def build_city() -> None:
    """Build the network and the catalogue with all its service items."""
    import_sample()
    found = build_network()
    services.create_service_items([row for rows in found.values() for row in rows], by=BY, at=AT)
    assert catalog.edition() > 0
