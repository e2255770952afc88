"""The running whole: store, access point, engine and connector behind one start and one stop."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, Self

import httpx
from sqlalchemy.exc import SQLAlchemyError

from sdg_connector.adapters.as4_endpoint import As4Endpoint
from sdg_connector.adapters.as4_sender import As4Sender
from sdg_connector.adapters.as4_transport import As4Inbox, As4Transport
from sdg_connector.adapters.caretaker import Caretaker, OpenBook
from sdg_connector.adapters.distant_bells import DistantBells
from sdg_connector.adapters.domibus_push import DomibusPush
from sdg_connector.adapters.domibus_transport import (
    DomibusAccess,
    DomibusArrivals,
    DomibusTransport,
)
from sdg_connector.adapters.durable import MOMENT, DurableWorkflows
from sdg_connector.adapters.housekeeping import Housekeeping
from sdg_connector.adapters.store import Store
from sdg_connector.adapters.system import new_uuid, utc_now
from sdg_connector.adapters.user_messages import Inbound
from sdg_connector.as4 import Agreements, Keys
from sdg_connector.connector import (
    Connector,
    Directory,
    Exchanges,
    OwnOrganisation,
    Peers,
    Timeouts,
)
from sdg_connector.connector.answering import Answering, is_request_name
from sdg_connector.connector.providing import Provider
from sdg_connector.connector.submitting import RegistryPeer, Submitting, is_submission_name
from sdg_connector.errors import OwnMistake
from sdg_connector.ports import Clock, NewId, Observer, Run, Unobserved

_log = logging.getLogger(__name__)
_LISTENING_SECONDS: Final = 1.0
"""Between two looks for what other processes wrote down; what this one did is heard at once."""
_BESIDE_OTHERS_SECONDS: Final = 0.1
"""The same on PostgreSQL, where every other message may arrive at another worker, while the bells
of the others are not heard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuntimeOptions:
    """What one process needs to run exchanges."""

    store_url: str
    """``sqlite:///…`` or ``postgresql+psycopg://…``: exchanges, messages, encrypted documents."""
    engine_url: str
    """The same for the workflow engine's own tables."""
    store_keys: Mapping[str, bytes] = field(repr=False)
    """Keys of 32 octets by name."""
    current_key: str
    organisation: OwnOrganisation
    peers: Peers
    domain: str
    """Right-hand side of our message ids."""
    timeouts: Timeouts = field(default_factory=Timeouts)
    registry: RegistryPeer | None = None
    """Where submissions to the Common Services go; None for whoever registers by other means."""
    journal_keeps: timedelta = timedelta(days=366)
    """Implementing Regulation (EU) 2022/1463, article 17: twelve months."""
    worker: str = "local"
    """Name of this process; each of several on one database needs its own."""
    housekeeping: timedelta = timedelta(seconds=30)
    """Between two rounds of erasing, and of looking after workers that died."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedAccess:
    """The AS4 endpoint inside this process: one of the two ways to be on the wire."""

    agreements: Agreements | Callable[[], Agreements]
    keys: Keys
    client: httpx.AsyncClient
    """Carries TLS, client certificate and timeouts."""
    reach: Callable[[str], str] = str
    """Turns a published address into the one to connect to."""


@dataclass(frozen=True, slots=True)
class BothSides:
    """The port ``Driver``: exchanges of ours, answers to the requests of others, submissions."""

    exchanges: Exchanges
    answering: Answering | None
    submitting: Submitting | None = None

    async def run(self, run: Run, name: str) -> str:
        """Drive whichever side the name belongs to."""
        if is_submission_name(name):
            if self.submitting is None:
                raise OwnMistake("a submission waits to be sent, and no registry is configured")
            return await self.submitting.run(run, name)
        if not is_request_name(name):
            return await self.exchanges.run(run, name)
        if self.answering is None:
            raise OwnMistake("a request waits for its answer, and no provider is configured")
        return await self.answering.run(run, name)


@dataclass(slots=True, kw_only=True)
class ExchangeRuntime:
    """Made by ``open``; started and stopped with the process."""

    options: RuntimeOptions
    store: Store
    workflows: DurableWorkflows
    connector: Connector
    answering: Answering | None
    """The provider side; None for an organisation that only asks."""
    submitting: Submitting | None
    """What registers with the Common Services; None without a registry."""
    endpoint: As4Endpoint | DomibusPush
    """What the access point of a peer, or our own Domibus, posts to."""
    access: EmbeddedAccess | DomibusAccess
    arrivals: DomibusArrivals | None
    """What collects from Domibus; None with the embedded access point."""
    housekeeping: Housekeeping
    bells: DistantBells | None
    """What rings at other workers; None on SQLite, whose exchanges all run here."""
    started: bool = False
    _beside: list[asyncio.Task[None]] = field(default_factory=list)

    @classmethod
    def open(
        cls,
        options: RuntimeOptions,
        *,
        access: EmbeddedAccess | DomibusAccess,
        directory: Directory,
        provider: Provider | None = None,
        now: Clock = utc_now,
        new_id: NewId = new_uuid,
        observer: Observer | None = None,
    ) -> Self:
        """Put the parts together; raises ``OwnMistake`` for URLs or keys that do not do."""
        watching = observer or Unobserved()
        store = Store.open(
            options.store_url,
            keys=options.store_keys,
            current_key=options.current_key,
            new_id=new_id,
        )
        transport = _transport(access, domain=options.domain, now=now, new_id=new_id)
        workflows = DurableWorkflows(
            url=options.engine_url,
            worker=options.worker,
            moment=min(MOMENT, options.housekeeping / 4),
        )
        exchanges = Exchanges(
            book=store.book,
            payloads=store.payloads,
            transport=transport,
            timeouts=options.timeouts,
            domain=options.domain,
            now=now,
            new_id=new_id,
            observer=watching,
        )
        answering = None
        if provider is not None:
            answering = Answering(
                provider=provider,
                book=store.desk,
                transport=transport,
                workflows=workflows,
                domain=options.domain,
                now=now,
                new_id=new_id,
                pseudonym=store.pseudonyms.of,
            )
        submitting = None
        if options.registry is not None:
            submitting = Submitting(
                registry=options.registry,
                sender=options.organisation.corner,
                book=store.submissions,
                transport=transport,
                workflows=workflows,
                domain=options.domain,
                now=now,
                new_id=new_id,
            )
        workflows.driver = BothSides(exchanges, answering, submitting)
        bells = None
        if not store.database.is_sqlite:
            bells = DistantBells(url=options.store_url, heard=workflows.hear)
            workflows.elsewhere = bells.ring
        connector = Connector(
            organisation=options.organisation,
            peers=options.peers,
            directory=directory,
            book=store.book,
            exchanges=exchanges,
            payloads=store.payloads,
            workflows=workflows,
            timeouts=options.timeouts,
            now=now,
            new_id=new_id,
            pseudonyms=store.pseudonyms,
        )
        inbound = Inbound(connector, answering, submitting)
        arrivals = None
        endpoint: As4Endpoint | DomibusPush
        if isinstance(access, DomibusAccess):
            arrivals = DomibusArrivals(domibus=access.domibus, inbound=inbound, now=now)
            endpoint = DomibusPush(
                arrivals=arrivals, user=access.push_user, password=access.push_password
            )
        else:
            endpoint = As4Endpoint(
                agreements=access.agreements,
                keys=access.keys,
                inbound=As4Inbox(inbound, now),
                now=now,
                new_id=new_id,
                observer=watching,
            )
        return cls(
            options=options,
            store=store,
            workflows=workflows,
            connector=connector,
            answering=answering,
            submitting=submitting,
            endpoint=endpoint,
            access=access,
            arrivals=arrivals,
            housekeeping=Housekeeping(
                store=store,
                workflows=workflows,
                caretaker=Caretaker(
                    store=store,
                    workflows=workflows,
                    books=_books(store, answering, submitting),
                    every=options.housekeeping,
                    observer=watching,
                ),
                submitting=submitting,
                every=options.housekeeping,
                journal_keeps=options.journal_keeps,
                now=now,
            ),
            bells=bells,
        )

    async def start(self) -> None:
        """Take up again whatever was cut off, then serve."""
        await self.workflows.start()
        open_ = await self.connector.resume()
        if self.answering is not None:
            open_ += await self.answering.resume()
        if self.submitting is not None:
            open_ += await self.submitting.resume()
        self._beside.append(asyncio.create_task(self.housekeeping.keep()))
        self._beside.append(asyncio.create_task(self._keep_listening()))
        if self.bells is not None:
            self._beside.append(asyncio.create_task(self.bells.keep()))
        if self.arrivals is not None and isinstance(self.access, DomibusAccess):
            collecting = self.arrivals.keep_collecting(self.access.every)
            self._beside.append(asyncio.create_task(collecting))
        self.started = True
        _log.info("started worker=%s open_exchanges=%d", self.options.worker, open_)

    async def stop(self) -> None:
        """Let every exchange rest where it stands; nothing is lost."""
        self.started = False
        for task in self._beside:
            task.cancel()
        await asyncio.gather(*self._beside, return_exceptions=True)
        self._beside.clear()
        await self.workflows.stop()
        self.store.close()
        _log.info("stopped worker=%s", self.options.worker)

    async def _keep_listening(self) -> None:
        """Wake what another process, such as a command, has written something down for."""
        while True:
            heard = self.bells is None or self.bells.hears
            await asyncio.sleep(_LISTENING_SECONDS if heard else _BESIDE_OTHERS_SECONDS)
            try:
                self.workflows.nudge(await asyncio.to_thread(self._unheard))
            except (SQLAlchemyError, OSError) as error:
                _log.warning("cannot listen, to be tried again: %s", type(error).__name__)

    def _unheard(self) -> tuple[str, ...]:
        ours = self.store.book.unheard()
        return ours if self.answering is None else ours + self.store.desk.unheard()


def _books(
    store: Store, answering: Answering | None, submitting: Submitting | None
) -> tuple[OpenBook, ...]:
    """The books of this organisation, asked for what has not ended."""
    books: list[OpenBook] = [store.book.open_exchanges]
    if answering is not None:
        books.append(store.desk.open_requests)
    if submitting is not None:
        books.append(store.submissions.open_submissions)
    return tuple(books)


def _transport(
    access: EmbeddedAccess | DomibusAccess, *, domain: str, now: Clock, new_id: NewId
) -> As4Transport | DomibusTransport:
    if isinstance(access, DomibusAccess):
        return DomibusTransport(domibus=access.domibus, us=access.us, domain=domain)
    sender = As4Sender(
        agreements=access.agreements,
        keys=access.keys,
        client=access.client,
        now=now,
        new_id=new_id,
        reach=access.reach,
    )
    return As4Transport(sender=sender, domain=domain)
