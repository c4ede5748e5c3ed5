"""A server that dies between the connection and its handshake."""

from __future__ import annotations

import gc
import socket
import ssl
import struct
import warnings

import pytest

from app.server_api import line_context
from tests.helpers.waiting import wait_for


def _is_reset(line: socket.socket) -> bool:
    try:
        line.getpeername()
    except OSError:
        return True
    return False


def test_no_socket_stays_open_when_the_server_is_reset_before_the_handshake() -> None:
    context: ssl.SSLContext = line_context()
    with socket.create_server(("127.0.0.1", 0)) as server:
        line = socket.create_connection(server.getsockname())
        answering, _ = server.accept()
        answering.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        answering.close()
        wait_for(lambda: _is_reset(line))
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            with pytest.raises(ConnectionResetError):
                context.wrap_socket(line, server_hostname="127.0.0.1")
            gc.collect()
        assert [str(each.message) for each in told] == []
