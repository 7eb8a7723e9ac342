"""A share by SFTP, for one user, while a test needs it."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import paramiko

USER, PASSWORD = "till", "secret"


class _Login(paramiko.ServerInterface):  # type: ignore[misc]
    """Lets one user in, by password."""

    def check_auth_password(self, username: str, password: str) -> Any:
        known = (username, password) == (USER, PASSWORD)
        return paramiko.AUTH_SUCCESSFUL if known else paramiko.AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> Any:
        return paramiko.OPEN_SUCCEEDED


def _files(folder: Path) -> type[paramiko.SFTPServerInterface]:
    """What the user sees: a folder, to be read."""

    class Files(paramiko.SFTPServerInterface):  # type: ignore[misc]
        def stat(self, path: str) -> Any:
            try:
                return paramiko.SFTPAttributes.from_stat((folder / path.lstrip("/")).stat())
            except OSError as error:
                return paramiko.SFTPServer.convert_errno(error.errno or 0)

        lstat = stat

        def open(self, path: str, flags: int, attr: Any) -> Any:
            if flags & (os.O_WRONLY | os.O_RDWR):
                return paramiko.SFTP_PERMISSION_DENIED
            handle = paramiko.SFTPHandle(flags)
            try:
                handle.readfile = (folder / path.lstrip("/")).open("rb")
            except OSError as error:
                return paramiko.SFTPServer.convert_errno(error.errno or 0)
            return handle

    return Files


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, paramiko.PKey]]:
    """The folder by SFTP, for one user; gives its address, and the server's key."""
    key = paramiko.ECDSAKey.generate()
    listening = socket.create_server(("127.0.0.1", 0))
    transports: list[paramiko.Transport] = []

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            transport = paramiko.Transport(connection)
            transport.add_server_key(key)
            transport.set_subsystem_handler("sftp", paramiko.SFTPServer, _files(folder))
            transports.append(transport)
            transport.start_server(server=_Login())

    thread = Thread(target=serve)
    thread.start()
    try:
        yield f"sftp://{USER}:{PASSWORD}@127.0.0.1:{listening.getsockname()[1]}", key
    finally:
        # whoever waits in accept() is woken by this, and not by a mere close
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()
        for transport in transports:
            transport.close()
            transport.join()
