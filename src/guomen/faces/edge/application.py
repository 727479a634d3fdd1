"""The answer to one scan, without Django: code, memory, one shared question, verdict, page or JSON.

parse ─▶ MAC ─▶ item's rows (one question for all who wait) ─▶ range's facts (memory) ─▶ verdict ─▶ answer
                                                                                   └▶ the look, appended later
"""

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from functools import cache
from secrets import token_bytes
from typing import Any, NamedTuple

from guomen.core.tagcrypto import SerialError
from guomen.core.tagcrypto.codes import number_of
from guomen.faces.edge import replies
from guomen.faces.edge.appending import Appender, Row
from guomen.faces.edge.asking import GS1Error, Request, asked, item_of, short_of
from guomen.faces.edge.gathering import AwayError, BusyError, Line
from guomen.faces.edge.items import NOTHING
from guomen.faces.edge.judging import PRINTED, Answer, Code, Item, Look, Tag, judge
from guomen.faces.edge.known import decided
from guomen.faces.edge.limits import WRONG_CODE, Limits
from guomen.faces.edge.lookup import Lookup
from guomen.faces.edge.replies import Reply
from guomen.faces.edge.store import RangeRow, Shared, Store
from guomen.faces.edge.taps import SunError, Taps, query_of
from guomen.kit.clock import now
from guomen.kit.keystore import KeyMissingError
from guomen.tags import passes
from guomen.tags.chips import read
from guomen.tags.scheme import key_bytes, scheme
from guomen.tags.services.digesting import NO_CODE
from guomen.tags.visitors import hashed

log = logging.getLogger(__name__)
NO_NAME = Code("", "", "")
"""Of a chip's message that names nothing."""
OLDEST = timedelta(hours=1)
"""How old what is in memory may be while the database is away."""


class Found(NamedTuple):
    """An item that was really made: number ``at`` of its range; ``key``: 16 bytes."""

    code: Code
    range: RangeRow
    at: int
    key: bytes


@cache
def _complain(sentence: str) -> None:
    """Tell the operator once for each key, not once for each visitor."""
    log.error("codes cannot be checked here: %s", sentence)


class Edge:
    """One for each event loop."""

    def __init__(self, parameters: Callable[[], Mapping[str, Any]], *, rate: float, burst: float) -> None:
        reading = Line(parameters)
        self.store = Store(reading)
        self.lookup = Lookup(reading)
        self.appender = Appender(Line(parameters))
        self.taps = Taps(Line(parameters))
        self.limits = Limits(rate, burst)
        self._reading = reading

    async def close(self) -> None:
        """Write what is left to write and let go of the database."""
        await self.appender.close()
        await self.taps.close()
        await self._reading.close()

    async def health(self) -> Reply:
        """200 while the database answers."""
        try:
            await self.store.refresh()
        except AwayError:
            return Reply(503, [(b"content-length", b"0")])
        return Reply(200, [(b"content-length", b"0")])

    async def answer(self, request: Request) -> Reply | None:
        """The answer; None for what only Django can say: pages of products, choices, errors."""
        if request.method == "OPTIONS":
            return replies.options()
        if request.method not in ("GET", "HEAD"):
            return None
        seconds = self.limits.wait(request.network)
        if seconds:
            return replies.too_many(request, seconds)
        try:
            return await self._answer(request)
        except GS1Error:
            return None
        except BusyError:
            return replies.unavailable(request)

    async def _answer(self, request: Request) -> Reply | None:
        try:
            query = query_of(request.query) if request.query else None
            if query is not None or request.is_tap:
                return await self._of_tap(request, query or {})
            if short := short_of(request):
                code = await self._long(short)
                if code is None:
                    return await self._of_nothing(request, Code("", "", short), now())
            elif (code := item_of(request)) is None:
                return await self._resolved(request)
            return await self._of_item(request, code)
        except AwayError:
            return replies.unavailable(request)
        except KeyMissingError as error:
            # What these keys made is not fake because this machine did not get them yet.
            _complain(str(error))
            return replies.unavailable(request)

    async def _of_item(self, request: Request, code: Code) -> Reply | None:
        moment = now()
        found = await self._found(code)
        if found is None:
            return await self._of_nothing(request, code, moment)
        item, as_of = await self._item(found)
        return await self._told(request, found, item, self._look(request, moment), moment, PRINTED, as_of)

    async def _of_tap(self, request: Request, query: Mapping[str, str]) -> Reply | None:
        """A chip's message, on the path of chips or on its item's own."""
        moment = now()
        named = None if request.is_tap else item_of(request._replace(query=""))
        try:
            tap = read(query)
        except SunError:
            return await self._of_nothing(request, named or NO_NAME, moment)
        chip = await self.taps.chip(tap, counts=request.is_look)
        one = await self.store.range(chip.range_number) if chip else None
        if chip is None or one is None:
            return await self._of_nothing(request, named or NO_NAME, moment)
        code = Code(
            one.gtin, named.batch if named else "", scheme(one.key_version).issue(one.gtin, one.number, chip.index)
        )
        if named and (named.gtin, replies.spelled(named.serial)) != (code.gtin, code.serial):
            # The message of another item's chip stands behind this address.
            return await self._of_nothing(request, named, moment)
        # No answer from memory alone: who may have been here before is not known while the database is away.
        item = await self.store.item(chip.item.bytes, one.number, chip.index)
        look = self._look(request, moment)
        recent = frozenset(device for _, device, _ in item.seen.recent) if item.seen else frozenset()
        tag = self.taps.read(tap, chip, look.device, recent, counts=request.is_look)
        return await self._told(request, Found(code, one, chip.index, chip.item.bytes), item, look, moment, tag)

    async def _of_nothing(self, request: Request, code: Code, moment: datetime) -> Reply:
        """A code that was never made."""
        self.limits.wait(request.network, WRONG_CODE)
        await self.store.refresh()
        if request.is_look:
            await self._tell_guess(request, code, moment)
        stopped = self.store.stopped(code.gtin, code.batch)
        return replies.item(request, judge(code, None, NOTHING, Look(counts=False), moment, stopped=stopped), None)

    async def _told(
        self,
        request: Request,
        found: Found,
        item: Item,
        look: Look,
        moment: datetime,
        tag: Tag,
        as_of: datetime | None = None,
    ) -> Reply | None:
        shared = await self.store.published(found.range.number)
        if shared is None:
            return None
        answer = self._judged(found, shared, item, look, moment, tag, as_of)
        if request.is_look:
            where = (found.range.number, found.at, look.device, look.place)
            self.appender.add(Row(found.key, moment, *where, tag.counter, look.channel))
        return replies.item(request, answer, shared)

    def _judged(
        self, found: Found, shared: Shared, item: Item, look: Look, moment: datetime, tag: Tag, as_of: datetime | None
    ) -> Answer:
        code, store = found.code, self.store
        stopped = store.stopped(code.gtin, found.range.batch)
        if stopped is None and code.batch != found.range.batch:
            stopped = store.stopped(code.gtin, code.batch)
        return judge(
            code, shared.facts, item, look, moment, tag=tag, stopped=stopped, as_of=as_of, known=shared.decisions
        )

    async def _found(self, code: Code) -> Found | None:
        """The item of a code whose MAC is right, in a range of this product; None: no such item was made."""
        serial = replies.spelled(code.serial)
        try:
            one = await self.store.range(range_of(serial))
            if one is None or one.gtin != code.gtin:
                return None
            index = scheme(one.key_version).check(code.gtin, serial).index
        except KeyMissingError:
            raise
        except (SerialError, ValueError):
            return None
        if index >= one.count:
            return None
        return Found(Code(code.gtin, code.batch, serial), one, index, key_bytes(code.gtin, serial))

    async def _tell_guess(self, request: Request, code: Code, moment: datetime) -> None:
        """A code that was never made, of a range that may exist: who tries many of them is noticed."""
        with suppress(SerialError):
            one = await self.store.range(range_of(replies.spelled(code.serial)))
            number = one.number if one else NO_CODE
            look = self._look(request, moment)
            where = (number, NO_CODE, look.device, look.place)
            self.appender.add(Row(token_bytes(16), moment, *where, channel=look.channel))

    async def _long(self, short: str) -> Code | None:
        """The item that a short code names."""
        try:
            one = await self.store.range(range_of(short))
            if one is None:
                return None
            parts = scheme(one.key_version).check_short(short)
            if parts.index >= one.count:
                return None
            return Code(one.gtin, "", scheme(one.key_version).issue(one.gtin, one.number, parts.index))
        except KeyMissingError:
            raise
        except (SerialError, ValueError):
            return None

    async def _item(self, found: Found) -> tuple[Item, datetime | None]:
        """The item's rows; while the database is away nothing, and since when its range is known as it is."""
        try:
            return await self.store.item(found.key, found.range.number, found.at), None
        except AwayError:
            since = self.store.as_of
            if since is None or now() - since > OLDEST:
                raise
            return NOTHING, since

    async def _resolved(self, request: Request) -> Reply | None:
        """A redirect or a list of links; None for pages."""
        one = asked(request)
        answer = decided(one, await self.lookup.known(one.thing))
        accept = request.header(b"accept")
        is_page = answer.in_place or answer.status >= 400 or (answer.status == 300 and "text/html" in accept)
        return None if is_page else replies.resolved(answer)

    def _look(self, request: Request, moment: datetime) -> Look:
        salt = self.store.salts.get(moment.date(), replies.OWN_SALT)
        device = hashed(salt, "device", request.visitor, request.header(b"user-agent"))
        channel = channel_of(request, moment)
        return Look(device, request.place, request.is_look and channel == passes.PUBLIC, channel)


def channel_of(request: Request, moment: datetime) -> str:
    """As whom somebody looks: the public, unless a pass of ours says otherwise."""
    shown = request.work_pass
    return passes.read(shown, moment)[0] if shown else passes.PUBLIC


def range_of(serial: str) -> int:
    """The number of the range in which a serial or a short code says it was made. Raises SerialError."""
    return number_of(serial[:4], 4)
