"""The applications of the sample city: a few hundred, in every state there is, spread over levels, items and the last months."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count, cycle
from uuid import UUID

from onedoor.casework import queries as casework
from onedoor.casework.services import clock
from onedoor.kernel.actor import system_actor
from onedoor.kernel.clock import SHANGHAI
from onedoor.sample import offices
from onedoor.sample.applicants import People
from onedoor.sample.office_time import OfficeTime
from onedoor.sample.sources import Item, Source
from onedoor.sample.walks import Applicant, Crew, Door, Walk, worked

# The offices at whose desks the demonstration plays (see accounts.py): a department of the city and a county's bureau.
DEPARTMENT = "RS"
SHOP_ITEM = "130300-YJ-10-0002"
REFUSALS = (
    "经核查，申请人的参保缴费年限不足，不符合规定条件。",
    "现场核查发现经营场所与申报的用途不一致，不符合规定条件。",
    "提交的证明与登记信息不一致，经补充调查仍不能认定。",
)


@dataclass
class Choice:
    """What can be applied for at an office."""

    agency: str
    items: list[Item]

    def instant(self) -> list[Item]:
        return [each for each in self.items if each.is_instant]

    def reviewed(self) -> list[Item]:
        return [each for each in self.items if not each.is_instant]


class Cases:
    """Makes the applications one after another; what is chosen is the same each time."""

    def __init__(
        self, source: Source, offers: dict[tuple[str, str], UUID], people: People, crew: Crew, time_: OfficeTime,
        implementing: list[tuple[str, list[Item]]],
    ) -> None:  # fmt: skip
        self.source, self.people, self.crew, self.time = source, people, crew, time_
        self.random = time_.random
        counties = {each.code[:6]: each.code for each in source.counties}
        self.door = Door(crew, time_, offers, counties)
        self.choices = {
            code: Choice(code, [each for each in items if each.is_published and (code, each.code) in offers])
            for code, items in implementing
        }
        self.bureau = offices.bureau_code(source.counties[0])
        self.department = offices.department_code(DEPARTMENT)
        self.township = offices.township_code(source.townships[0])
        self._persons, self._organisations = cycle(people.citizens[2:]), cycle(people.organisations[1:])
        self._clerks = count()
        self._items: dict[tuple[str, str], Iterator[Item]] = {}

    # Who applies for what

    def applicant(self, item: Item) -> Applicant:
        return next(self._persons) if item.for_persons else next(self._organisations)

    def item(self, agency: str, kind: str, fits: Callable[[Item], bool]) -> Item:
        """Return the next item of an office that fits, in turn."""
        if (agency, kind) not in self._items:
            self._items[agency, kind] = cycle([each for each in self.choices[agency].items if fits(each)])
        return next(self._items[agency, kind])

    def begin(self, agency: str, item: Item, day: date, *, applicant: Applicant | None = None) -> Walk:
        """Begin a commitment item and submit it: from home the evening before, or at a window on the day."""
        who = applicant or self.applicant(item)
        if item.is_online and (applicant is not None or self.random.random() < 0.6):
            return self.door.from_home(agency, item.code, who, self.time.evening(day), place=next(self._clerks)).submit()
        return self.door.at_window(agency, item.code, who, self.time.moment(day), next(self._clerks)).submit_here()

    # Histories

    def waiting_at(self, agency: str, item: Item, stage: str, left: int, *, applicant: Applicant | None = None) -> Walk | None:
        """Make an application that waits at a stage, with some working days left of the stage's own limit; below 0 it is late."""
        probe = self.door.steps(item.code)
        place = next((number for number, step in enumerate(probe) if step[0] == stage and step[1] > 0), None)
        if place is None:
            return None
        since = self.time.start_for(probe[place][1], min(left, probe[place][1]))
        took = [min(1, length) for _stage, length in probe[:place]]
        day = self._back(since, sum(took))
        walk = self.begin(agency, item, day, applicant=applicant).accept(day)
        for days in took:
            day = self.time.after(day, days)
            walk.take().pass_on(day)
        if self.random.random() < 0.4:
            walk.take(day)
        return walk

    def _back(self, day: date, working_days: int) -> date:
        return self.time.calendar.sub_wd(day, working_days) if working_days else day

    def decided(self, agency: str, item: Item, back: int, *, granted: bool = True, applicant: Applicant | None = None) -> Walk:
        """Make an application that was decided in time and waits for its result to be registered."""
        day = self.time.day(back)
        walk = self.begin(agency, item, day, applicant=applicant).accept(day)
        steps = worked(walk.application)
        for step in steps:
            walk.take(day)
            day = self.time.after(day, self.random.randint(0, max(0, min(step.length - 1, 3))))
            if step is steps[-1]:
                break
            walk.pass_on(day)
        return walk.decide(granted=granted, reason="" if granted else self.random.choice(REFUSALS), day=day)

    def finished(self, agency: str, item: Item, back: int, *, granted: bool = True, applicant: Applicant | None = None) -> Walk:
        """Make an application that came to its end and was handed over."""
        walk = self.decided(agency, item, back, granted=granted, applicant=applicant).close()
        day = self.time.after(walk.last.astimezone(SHANGHAI).date(), self.random.randint(0, 3))
        if walk.application.channel == "online" and self.random.random() < 0.6:
            return walk.collect(day)
        return walk.deliver(day, "window" if self.random.random() < 0.8 else "post")

    def corrected(self, agency: str, item: Item, back: int) -> Walk:
        """Make an application whose missing paper was brought to the window, and that was granted then."""
        day = self.time.day(back)
        walk = self.begin(agency, item, day)
        walk.ask(walk.missing(), day).bring(self.time.day(back - 3)).accept_received(self.time.day(back - 3))
        while walk.application.stage != "approve":
            walk.take().pass_on()
        return walk.take().decide().close().deliver(self.time.day(max(back - 5, 0)))

    # What time itself does: first, while nothing else waits that it could touch

    def by_the_clock(self) -> None:
        """Make what was deemed accepted, and what lapsed because missing papers never came."""
        item = self.item(self.bureau, "online", lambda each: not each.is_instant and each.is_online)
        lapsing = self.begin(self.bureau, item, self.time.day(52))
        lapsing.ask(lapsing.missing(), self.time.day(50))
        clock.lapse_corrections(by=system_actor("clock"), at=self._midnight(self.time.day(33)))
        walk = self.begin(self.bureau, item, self.time.day(30))
        clock.deem_accepted(by=system_actor("clock"), at=self._midnight(self.time.day(22)))
        walk.application = casework.application_for(
            actor=walk.clerk, application_id=walk.application.id, at=self._midnight(self.time.day(22))
        )
        walk.last = self._midnight(self.time.day(22))
        while walk.application.stage != "approve":
            walk.take(self.time.day(22)).pass_on()
        walk.take().decide().close().deliver(self.time.day(20))

        self._gap_that_was_not_filled()

    def _gap_that_was_not_filled(self) -> None:
        for agency, item in self._with_gaps()[:1]:
            self.door.at_window(
                agency, item.code, self.applicant(item), self.time.moment(self.time.day(44))
            ).submit_here().tolerate(self.time.day(44))
            clock.lapse_gaps(by=system_actor("clock"), at=self._midnight(self.time.day(20)))

    def _with_gaps(self) -> list[tuple[str, Item]]:
        """Return offices with items that can be accepted with papers to follow, those of the demonstration first."""
        agencies = [self.bureau, self.department, *(code for code in self.choices if code not in (self.bureau, self.department))]
        return [
            (agency, item) for agency in agencies if agency in self.choices
            for item in self.choices[agency].items if self.door.knows_gaps(item.code)
        ]  # fmt: skip

    def gaps(self) -> None:
        """Make cases accepted against a promise (容缺): one filled and granted, and some that wait for their papers."""
        found = self._with_gaps()
        for number, (agency, item) in enumerate(found[:4]):
            day = self.time.day(12 if number == 0 else 1)
            walk = self.door.at_window(agency, item.code, self.applicant(item), self.time.moment(day), number).submit_here()
            walk.tolerate(day)
            if number == 0:
                walk.fill(self.time.after(day, 1))
                while walk.application.stage != "approve":
                    walk.take().pass_on()
                walk.take().decide().close().deliver(self.time.after(day, 3))

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(0, 10), SHANGHAI)

    # The city's work

    def walk_ins(self, number: int) -> None:
        """Make visits in which everything is done at once: most of what the halls do (88 of 100)."""
        departments = [each for each in self.source.departments if self.choices.get(offices.department_code(each["code"]))]
        city = cycle([c for c in (offices.department_code(each["code"]) for each in departments) if self.choices[c].instant()])
        counties = cycle([offices.bureau_code(each) for each in self.source.counties])
        townships = cycle([offices.township_code(each) for each in self.source.townships[:40]])
        for serial in range(number):
            agency = next((city, city, city, counties, counties, townships)[serial % 6])
            item = self.item(agency, "instant", lambda each: each.is_instant)
            back = self.random.randint(0, 58)
            at = self.time.moment(self.time.day(back))
            walk = self.door.at_once(agency, item.code, self.applicant(item), at, next(self._clerks))
            if serial % 20 or back > 6:
                walk.deliver_now()

    def shops(self) -> None:
        """File for all shops of a chain in one visit (S02): one window, one clerk, one after another."""
        agency = offices.department_code("YJ")
        if (agency, SHOP_ITEM) not in self.door.offers:
            return
        at = datetime.combine(self.time.day(12), time(9, 5), SHANGHAI)
        for shop in self.people.shops:
            self.door.at_once(agency, SHOP_ITEM, shop, at, place=2, minutes=2).deliver_now()
            at += timedelta(minutes=3)

    def commitments(self, number: int) -> None:
        """Make commitment items that came to their end, in each way there is."""
        agencies = cycle([code for code, choice in self.choices.items() if choice.reviewed()])
        for serial in range(number):
            agency = (self.department, self.bureau)[serial // 2 % 2] if serial % 2 else next(agencies)
            item = self.item(agency, "reviewed", lambda each: not each.is_instant)
            back = self.random.randint(14, 58)
            if serial % 12 == 3:
                self.finished(agency, item, back, granted=False)
            elif serial % 12 == 5:
                self.begin(agency, item, self.time.day(back)).not_accept(self.time.day(back - 1))
            elif serial % 12 == 7:
                self.withdrawn(agency, back)
            elif serial % 12 == 9:
                self.corrected(agency, item, back)
            else:
                self.finished(agency, item, back)

    def withdrawn(self, agency: str, back: int) -> None:
        item = self.item(agency, "online", lambda each: not each.is_instant and each.is_online)
        walk = self.begin(agency, item, self.time.day(back), applicant=self.applicant(item)).accept(self.time.day(back))
        walk.take().withdraw(self.time.day(back - 1))

    def desk(self, agency: str, lefts: dict[str, tuple[int, ...]]) -> None:
        """Lay open work before an office's handlers, reviewers and approvers."""
        for stage, several in lefts.items():
            fitting = [each for each in self.choices[agency].reviewed() if dict(self.door.steps(each.code)).get(stage, 0) > 0]
            for left, item in zip(several, cycle(fitting), strict=False):
                self.waiting_at(agency, item, stage, left)

    def window(self, agencies: list[str], *, submitted: int, received: int, decided: int, closed: int) -> None:
        """Lay open work before a window: to receive, to accept, to close, to hand over."""
        several = cycle(agencies)
        for serial in range(submitted + received):
            agency = next(several)
            item = self._to_receive(agency)
            day = self.time.day(serial % 4)
            walk = self.begin(agency, item, day, applicant=self.applicant(item))
            if serial >= submitted:
                walk.receive(day)
        for serial in range(decided + closed):
            agency = next(several)
            item = self.item(agency, "reviewed", lambda each: not each.is_instant)
            walk = self.decided(agency, item, 4 + serial % 3)
            if serial >= decided:
                walk.close()

    def _to_receive(self, agency: str) -> Item:
        """Return an item for which people apply from home; at a township one that its villages receive as well."""
        if agency == self.township:
            return self.item(
                agency, "village", lambda each: not each.is_instant and each.is_online and "village" in each.receiving_levels
            )
        return self.item(agency, "online", lambda each: not each.is_instant and each.is_online)

    def correcting(self, agencies: list[str]) -> None:
        """Leave applications that wait for their applicants."""
        for serial, agency in enumerate(agencies):
            item = self.item(agency, "reviewed", lambda each: not each.is_instant)
            day = self.time.day(2 + serial)
            walk = self.begin(agency, item, day)
            walk.ask(walk.missing(), day)

    def drafts(self, agencies: list[str]) -> None:
        """Leave drafts that were begun and not sent."""
        for serial, agency in enumerate(agencies):
            item = self.item(agency, "online", lambda each: not each.is_instant and each.is_online)
            evening = self.time.evening(self.time.day(serial))
            self.door.from_home(agency, item.code, self.applicant(item), evening, filled=bool(serial % 2))

    def open_work(self) -> None:
        """Leave work on every desk: much at those of the demonstration, a little everywhere else."""
        late_and_soon = (-1, 0, 0, 1, 1, 2, 2, 3)
        self.desk(self.department, {"handle": late_and_soon, "review": (0, 0, 1, 1, 2, 2, 3), "approve": (0, 1, 1, 2, 2, 2)})
        self.desk(self.bureau, {"handle": (0, 1, 1, 2, 2, 3), "review": late_and_soon, "approve": (0, 1, 1, 2, 2, 2)})
        self.desk(self.township, {"handle": (1, 2), "review": (0, 1, 2), "approve": (1, 2)})
        for each in self.source.counties[1:]:
            self.desk(offices.bureau_code(each), {"review": (1, 2), "approve": (1,)})
        others = [code for code in self.choices if code.startswith(offices.CITY_PREFIX) and code != self.department]
        reviewed = [code for code in others if any(each.is_online for each in self.choices[code].reviewed())]
        for code in reviewed[:12]:
            self.desk(code, {"review": (2,), "approve": (1,)})
        self.window([self.department, *reviewed[:4]], submitted=5, received=2, decided=3, closed=4)
        self.window([self.bureau], submitted=4, received=2, decided=2, closed=3)
        self.window([self.township], submitted=3, received=2, decided=1, closed=2)
        self.correcting([self.department, self.bureau, self.bureau, self.township])
        self.drafts([self.department, self.bureau, self.department, self.bureau])
        self.gaps()

    def with_time(self) -> None:
        """Leave cases whose clocks were stopped or moved: asked for, standing still, too long, ended, extended."""
        reviewed = self.choices[self.department].reviewed()
        fitting = cycle([each for each in reviewed if dict(self.door.steps(each.code)).get("handle", 0) > 1])
        why = "需要组织专家对方案进行评审，结论作为审批依据。"
        self._in_hand(next(fitting), 1).ask_special(10, why)
        self._in_hand(next(fitting), 3).ask_special(10, why).start_special()
        self._in_hand(next(fitting), 9).ask_special(3, why).start_special()
        self._in_hand(next(fitting), 6).ask_special(5, why).start_special().end_special("评审通过，意见已入卷。", self.time.day(2))
        late = "涉及多个部门的历史档案，需要逐一核实。"
        self._in_hand(next(fitting), 2).ask_extension(5, late)
        self._in_hand(next(fitting), 4).ask_extension(10, late).extend()

    def _in_hand(self, item: Item, back: int) -> Walk:
        day = self.time.day(back)
        return self.begin(self.department, item, day).accept(day).take(day)

    def of_demo_citizen(self) -> None:
        """Give the demonstration's citizen a draft, a request for papers, one in review, one granted, one refused; the company too."""
        citizen, company = self.people.citizens[0], self.people.organisations[0]
        online = [each for each in self.choices[self.bureau].reviewed() if each.is_online and each.for_persons]
        picks = cycle(online)
        self.finished(self.bureau, next(picks), 40, applicant=citizen)
        self.finished(self.bureau, next(picks), 25, granted=False, applicant=citizen)
        walk = self.begin(self.bureau, next(picks), self.time.day(3), applicant=citizen)
        walk.ask(walk.missing(), self.time.day(2))
        own = [each for each in self.choices[self.department].reviewed() if each.is_online and each.for_persons]
        self.waiting_at(self.department, own[0], "approve", 2, applicant=citizen)
        draft = next(picks)
        self.door.from_home(self.bureau, draft.code, citizen, self.time.evening(self.time.day(0)), filled=False)
        for_firms = [each for each in self.choices[self.bureau].reviewed() if each.is_online and not each.for_persons]
        if for_firms:
            self.finished(self.bureau, for_firms[0], 20, applicant=company)
            self.waiting_at(self.bureau, for_firms[-1], "review", 1, applicant=company)
