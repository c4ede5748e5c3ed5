"""The bad line itself leaves nothing open, whatever comes in while it is stopped."""

from __future__ import annotations

import gc
import socket
import ssl
import threading
from contextlib import suppress
from pathlib import Path

from tests.faults.proxy import Proxy
from tests.helpers.waiting import wait_for

_ROUNDS = 12
_CALLERS = 4
_NOBODY = 9  # a port where nobody listens


def test_who_comes_while_it_is_stopped_is_let_go(tmp_path: Path) -> None:
    for seed in range(_ROUNDS):
        proxy = Proxy([_NOBODY], tmp_path, seed)
        callers = [threading.Thread(target=_call, args=(proxy,)) for _ in range(_CALLERS)]
        for caller in callers:
            caller.start()
        wait_for(lambda proxy=proxy: proxy.lines)
        proxy.stop()
        for caller in callers:
            caller.join(10)
        gc.collect()  # a transport that was left open says so as it is freed


def _call(proxy: Proxy) -> None:
    """Connections one after another, behind a handshake, until nobody listens."""
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    with suppress(OSError):
        while True:
            proxy.lose = b"POST"  # requests are looked at
            with socket.create_connection(("127.0.0.1", proxy.port), timeout=10) as caller:
                _shake(caller, trusting)


def _shake(caller: socket.socket, trusting: ssl.SSLContext) -> None:
    """Beside the socket: one that Python wraps is left open when it fails."""
    come, go = ssl.MemoryBIO(), ssl.MemoryBIO()
    shaken = trusting.wrap_bio(come, go)
    over = False
    while not over:
        try:
            shaken.do_handshake()
            over = True
        except ssl.SSLWantReadError:
            pass
        caller.sendall(go.read())
        over = over or not come.write(caller.recv(8192))
