"""Where the server listens."""

from __future__ import annotations

import socket

from backoffice.commands.serve import listen


def test_an_answer_goes_out_at_once_though_it_is_written_in_two_steps() -> None:
    with listen("127.0.0.1", 0) as listening, socket.create_connection(listening.getsockname()):
        answering, _ = listening.accept()

        with answering:
            assert answering.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
