"""A share by FTP, for one user, while a test needs it."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from urllib.parse import quote

with warnings.catch_warnings():
    # asyncore is deprecated; where it is gone, a package of its name replaces it
    warnings.simplefilter("ignore", DeprecationWarning)
    from pyftpdlib.authorizers import DummyAuthorizer
    from pyftpdlib.handlers import FTPHandler, TLS_FTPHandler
    from pyftpdlib.ioloop import IOLoop
    from pyftpdlib.servers import FTPServer


@contextmanager
def served(folder: Path, password: str = "secret", certificate: Path | None = None) -> Iterator[str]:
    """The folder by FTP, for one user; gives its address.

    Args:
        certificate: with its key; then nothing goes without TLS.
    """
    authorizer = DummyAuthorizer()
    authorizer.add_user("till", password, str(folder))

    class Handler(FTPHandler if certificate is None else TLS_FTPHandler):  # type: ignore[misc]
        auth_failed_timeout = 0

    Handler.authorizer = authorizer
    if certificate is not None:
        Handler.certfile = str(certificate)
        Handler.tls_control_required = Handler.tls_data_required = True
    loop = IOLoop()
    server = FTPServer(("127.0.0.1", 0), Handler, ioloop=loop)
    port = server.socket.getsockname()[1]
    ends = Event()

    def serve() -> None:
        while not ends.is_set():
            loop.loop(timeout=0.05, blocking=False)
        server.close_all()

    thread = Thread(target=serve)
    thread.start()
    try:
        yield f"{'ftp' if certificate is None else 'ftps'}://till:{quote(password, safe='')}@127.0.0.1:{port}"
    finally:
        ends.set()
        thread.join()
