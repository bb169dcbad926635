"""Clients that hold a connection for nothing, and requests that take too long."""

import asyncio
import json
import socket
import threading
import time

import pytest
import uvicorn

from service import connection
from service.connection import GuardedProtocol
from service.deadline import Deadline

BIG = b"x" * 20_000_000


class Slow:
    """``/big`` answers 20 MB, ``/sleep`` and ``/thread`` take a minute, ``/echo`` reads a body."""

    def __init__(self):
        self.freed = threading.Event()

    async def __call__(self, scope, receive, send):
        if scope["path"] == "/sleep":
            await asyncio.sleep(60)
        elif scope["path"] == "/thread":
            await asyncio.to_thread(self.freed.wait, 60)
        elif scope["path"] == "/echo":
            while (await receive()).get("more_body"):
                pass
        body = BIG if scope["path"] == "/big" else b"ok"
        head = {"type": "http.response.start", "status": 200, "headers": []}
        await send(head)
        if scope["path"] == "/halting":
            await asyncio.sleep(60)
        await send({"type": "http.response.body", "body": body})


@pytest.fixture
def port(monkeypatch):
    monkeypatch.setattr(connection, "HEAD_S", 0.8)
    monkeypatch.setattr(connection, "STALL_S", 0.8)
    slow = Slow()
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        Deadline(slow, seconds=0.8, upload_s=1000),
        log_level="critical",
        lifespan="off",
        ws="none",
        http=GuardedProtocol,
        timeout_keep_alive=30,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield listening.getsockname()[1]
    slow.freed.set()
    server.should_exit = server.force_exit = True
    thread.join(10)
    listening.close()


def talk(port, *said, size=1 << 16):
    """Everything that comes back until the server closes; what is said is said with pauses."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as one:
        for part in said:
            one.sendall(part)
            time.sleep(0.05)
        heard = b""
        try:
            while part := one.recv(size):
                heard += part
        except ConnectionResetError:
            pass
        return heard


HEAD = b"GET / HTTP/1.1\r\nHost: x\r\n"


def test_a_whole_request_is_answered(port):
    assert talk(port, HEAD + b"Connection: close\r\n\r\n").startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("said", [(), (b"GET / HT",), (HEAD,), (HEAD, b"X: 1\r\n", b"X: 2\r\n")])
def test_half_a_head_is_not_waited_for(port, said):
    assert talk(port, *said) == b""


def test_nor_is_half_of_a_second_one(port):
    heard = talk(port, HEAD + b"\r\n", HEAD)
    assert b"2\r\nok" in heard


def test_an_answer_that_nobody_reads_is_given_up(port):
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        one.settimeout(20)
        one.connect(("127.0.0.1", port))
        one.sendall(b"GET /big HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(2)
        heard = 0
        try:
            while part := one.recv(1 << 20):
                heard += len(part)
        except ConnectionResetError:
            pass
        assert heard < len(BIG)


@pytest.mark.parametrize("path", [b"/sleep", b"/thread"])
def test_an_answer_that_takes_too_long_is_503_with_a_hint(port, path):
    heard = talk(port, b"GET " + path + b" HTTP/1.1\r\nHost: x\r\n\r\n")
    head, _, body = heard.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 503")
    assert b"retry-after: 30" in head
    assert json.loads(body)["status"] == 503


def test_a_body_that_never_ends_is_503(port):
    heard = talk(port, b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc")
    assert heard.startswith(b"HTTP/1.1 503")


def test_half_an_answer_is_cut_off(port):
    heard = talk(port, b"GET /halting HTTP/1.1\r\nHost: x\r\n\r\n")
    assert heard.startswith(b"HTTP/1.1 200")
    assert b"2\r\nok" not in heard


def test_a_file_has_more_time(port):
    head = b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data\r\n"
    head += b"Connection: close\r\nContent-Length: 6\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=20) as one:
        one.sendall(head + b"abc")
        time.sleep(1.2)
        one.sendall(b"def")
        assert one.recv(100).startswith(b"HTTP/1.1 200")


def test_what_is_no_http_gets_the_headers_of_every_answer(port):
    heard = talk(port, b"\x00\x01 nonsense\r\n\r\n").lower()
    assert heard.startswith(b"http/1.1 400")
    assert b"x-content-type-options: nosniff" in heard
    assert b"nonsense" not in heard
