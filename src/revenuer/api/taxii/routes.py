"""The endpoints of TAXII 2.1 (sections 4 and 5)."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from revenuer.api.access import Gate
from revenuer.api.bodies import read_body
from revenuer.api.problems import ProblemError, problem_of
from revenuer.api.taxii import answers
from revenuer.api.taxii.envelopes import read_envelope
from revenuer.api.taxii.media import TAXII_MEDIA, refuse_unless_accepted, refuse_unless_sent
from revenuer.api.taxii.query import OBJECT, OBJECTS, VERSIONS, read_filter
from revenuer.app.access import Caller
from revenuer.app.sharing.taxii_service import TaxiiService
from revenuer.servers import ServerSettings
from revenuer.settings import ShareSettings
from revenuer.store.taxii_pages import Page, Which

logger = logging.getLogger(__name__)
PREFIX = "/taxii2"
PIECES = "Send it in pieces; max_content_length of the API root says how large."
_COLLECTION = "/{root}/collections/{collection}"
Handler = Callable[[Request, Caller], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Reading:
    """An endpoint that shows objects, or what is told of them.

    Attributes:
        endpoint: Its name in the audit log.
        fields: What may be filtered by.
        answer: Writes a page; told after which time was asked, microseconds since the epoch.
        bodies: Whether the objects themselves are shown.
        versions: Versions of each object where none are asked for.
    """

    endpoint: str
    fields: frozenset[str]
    answer: Callable[[Page, int], Response]
    bodies: bool = False
    versions: tuple[Which, ...] = ("last",)


MANIFEST = Reading("manifest", OBJECTS, answers.manifest)
ALL = Reading("objects", OBJECTS, answers.envelope, bodies=True)
ONE = Reading("object", OBJECT, answers.envelope, bodies=True)
EACH = Reading("versions", VERSIONS, answers.versions, versions=("all",))


@dataclass(frozen=True, slots=True)
class TaxiiFace:
    """The TAXII server as HTTP shows it.

    Attributes:
        service: What partners may do.
        gate: Who is let in.
        server: How much a request may carry.
        share: What the server says of itself.
    """

    service: TaxiiService
    gate: Gate[Caller]
    server: ServerSettings
    share: ShareSettings

    def routes(self) -> list[Route]:
        """Its endpoints, with the slash at the end that section 3.1 wants, and without."""
        table: list[tuple[str, dict[str, Handler]]] = [
            ("", {"GET": self._discovery}),
            ("/{root}", {"GET": self._root}),
            ("/{root}/status/{status}", {"GET": self._status}),
            ("/{root}/collections", {"GET": self._collections}),
            (_COLLECTION, {"GET": self._collection}),
            (f"{_COLLECTION}/manifest", {"GET": self._reading(MANIFEST)}),
            (f"{_COLLECTION}/objects", {"GET": self._reading(ALL), "POST": self._add}),
            (
                f"{_COLLECTION}/objects/{{object}}",
                {"GET": self._reading(ONE), "DELETE": self._delete},
            ),
            (f"{_COLLECTION}/objects/{{object}}/versions", {"GET": self._reading(EACH)}),
        ]
        return [
            Route(f"{PREFIX}{path}{slash}", self._endpoint(handlers), methods=list(handlers))
            for path, handlers in table
            for slash in ("/", "")
        ]

    def _endpoint(self, handlers: dict[str, Handler]) -> Callable[[Request], Awaitable[Response]]:
        async def run(request: Request) -> Response:
            try:
                caller = await self.gate.enter(request)
                refuse_unless_accepted(request.headers.get("accept"))
                method = "GET" if request.method == "HEAD" else request.method
                told = await handlers[method](request, caller)
                self.gate.charge(caller, len(told.body))
                return told
            except Exception as failure:
                return failed(failure)

        return run

    async def _discovery(self, request: Request, caller: Caller) -> Response:
        base = self._base(request)
        roots = await run_in_threadpool(self.service.roots)
        urls = [f"{base}{PREFIX}/{root}/" for root in roots]
        value = {"title": self.share.title, "default": urls[0], "api_roots": urls}
        if self.share.contact:
            value["contact"] = self.share.contact
        return answers.answer(value)

    async def _root(self, request: Request, caller: Caller) -> Response:
        root = request.path_params["root"]
        await run_in_threadpool(self.service.collections, caller, root)
        return answers.answer(
            {
                "title": f"{self.share.title}: {root}",
                "versions": [TAXII_MEDIA],
                "max_content_length": self.server.body_bytes,
            }
        )

    async def _status(self, request: Request, caller: Caller) -> Response:
        params = request.path_params
        found = await run_in_threadpool(
            self.service.status, caller, params["root"], params["status"]
        )
        return answers.answer(found)

    async def _collections(self, request: Request, caller: Caller) -> Response:
        root = request.path_params["root"]
        found = await run_in_threadpool(self.service.collections, caller, root)
        if not found:
            return answers.answer({})
        listed = [answers.collection_resource(one, one.open_to(caller.partner)) for one in found]
        return answers.answer({"collections": listed})

    async def _collection(self, request: Request, caller: Caller) -> Response:
        root, name = _place(request)
        found = await run_in_threadpool(self.service.collection, caller, root, name)
        return answers.answer(answers.collection_resource(found, found.open_to(caller.partner)))

    def _reading(self, how: Reading) -> Handler:
        """The handler of an endpoint that shows objects, or what is told of them."""

        async def handle(request: Request, caller: Caller) -> Response:
            items = request.query_params.multi_items()
            wanted = read_filter(items, how.fields, most=self._most, versions=how.versions)
            root, name = _place(request)
            if (id_ := request.path_params.get("object")) is not None:
                wanted = wanted.of(id_)

            def work() -> Response:
                page = self.service.read(
                    caller, root, name, wanted, bodies=how.bodies, endpoint=how.endpoint
                )
                return how.answer(page, wanted.after_us)

            return await run_in_threadpool(work)

        return handle

    async def _add(self, request: Request, caller: Caller) -> Response:
        refuse_unless_sent(request.headers.get("content-type"))
        root, name = _place(request)
        # Before the body is read: who may not add need not send it.
        await run_in_threadpool(self.service.writable, caller, root, name)
        body = await read_body(request, self.server.body_bytes, hint=PIECES)
        self.gate.charge(caller, len(body))

        def work() -> Response:
            return answers.answer(self.service.add(caller, root, name, read_envelope(body)), 202)

        return await run_in_threadpool(work)

    async def _delete(self, request: Request, caller: Caller) -> Response:
        items = request.query_params.multi_items()
        wanted = read_filter(items, OBJECT, most=1, versions=("all",))
        root, name = _place(request)
        id_ = request.path_params["object"]
        await run_in_threadpool(self.service.delete, caller, root, name, id_, wanted.versions)
        return answers.answer({})

    @property
    def _most(self) -> int:
        return self.share.page_objects

    def _base(self, request: Request) -> str:
        if self.server.public_url:
            return self.server.public_url.rstrip("/")
        return str(request.base_url).rstrip("/")


def failed(failure: Exception) -> Response:
    """A failure as an error resource; of one that nobody foresaw only its kind is logged."""
    problem = problem_of(failure)
    error_id = str(uuid.uuid4())
    if problem is None:
        logger.error("%s: an unexpected %s", error_id, type(failure).__name__)
        logger.debug("%s", error_id, exc_info=failure)
        problem = ProblemError(500, "The server failed.", f"Name {error_id} to its operator.")
    elif problem.status >= 500:
        logger.error("%s: %s", error_id, failure)
    return answers.error(problem, error_id)


def _place(request: Request) -> tuple[str, str]:
    return request.path_params["root"], request.path_params["collection"]
