"""The calls of `/v1/updates/…`: a repository of packages, handed on as it is."""

from __future__ import annotations

import logging
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from backoffice import refusals
from backoffice.api.access import Access
from backoffice.api.answers import JSON, ZIP, answer, file_answer
from backoffice.errors import BadRepository
from backoffice.server import Server
from backoffice.updates.repository import Repository
from sync.protocol.signed import sign_document

log = logging.getLogger(__name__)


class UpdateCalls:
    """Answers what tills ask of updates.

    Args:
        folder: the repository; None: this server publishes no updates.
    """

    def __init__(self, server: Server, folder: Path | None) -> None:
        self._server = server
        self._access = Access(server)
        self._repository = Repository(folder) if folder is not None else None

    @property
    def newest(self) -> str:
        """The newest version that tills can have; empty: none, or a repository that cannot be read."""
        try:
            return self._repository.newest() if self._repository is not None else ""
        except BadRepository as error:
            # a hello is answered all the same
            log.error("%s", error)  # noqa: TRY400 - one line says it
            return ""

    async def updates_root(self, request: Request) -> Response:
        """Where a till begins to trust the repository, by this server's word."""
        await self._access.till(request)
        root = self._known().first_root()
        if root is None:
            raise refusals.NotFound("no_updates")
        return answer(sign_document({"root": root}, self._server.signer))

    async def update_metadata(self, request: Request) -> Response:
        """One of the repository's signed lists."""
        await self._access.till(request)
        path = self._known().metadata(request.path_params["list"])
        if path is None:
            raise refusals.NoSuchList("no_list")
        return Response(path.read_bytes(), media_type=JSON)

    async def update_package(self, request: Request) -> Response:
        """A package, whole or a range of it."""
        await self._access.till(request)
        path = self._known().package(request.path_params["package"])
        if path is None:
            raise refusals.NotFound("no_package")
        # a version is one package, for ever
        return file_answer(request, path, path.name, ZIP)

    def _known(self) -> Repository:
        if self._repository is None:
            raise refusals.NotFound("no_updates")
        return self._repository
