"""A receiver of webhooks that answers, fails, hangs, drips or breaks off as it is told."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
import time
from contextlib import suppress
from dataclasses import dataclass

HANG, RESET = -1, -2


@dataclass(frozen=True)
class Got:
    """A request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes


class HookServer:
    """Plain sockets in threads, so that nothing is too odd to answer."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.got: list[Got] = []
        self.script: list[int] = []
        self.usual = 200
        self.extra: dict[str, str] = {}
        self.drip_s = 0.0
        self.endless = False
        self._tls = tls
        self._over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/hook?x=1"
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> HookServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._over.set()
        # Waiting in accept holds a listener open after it is closed; a shutdown wakes it.
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while not self._over.is_set():
            try:
                link, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(link,), daemon=True).start()

    def _serve(self, link: socket.socket) -> None:
        try:
            if self._tls is not None:
                link = self._tls.wrap_socket(link, server_side=True)
            with link:
                self._answer(link)
        except OSError:
            link.close()

    def _answer(self, link: socket.socket) -> None:
        data = b""
        while b"\r\n\r\n" not in data:
            if not (more := link.recv(65_536)):
                return
            data += more
        head, _, body = data.partition(b"\r\n\r\n")
        line, *rest = head.decode().split("\r\n")
        headers = {name.lower(): value for name, value in (one.split(": ", 1) for one in rest)}
        while len(body) < int(headers["content-length"]):
            body += link.recv(65_536)
        self.got.append(Got(line.split(" ")[1], headers, body))
        status = self.script.pop(0) if self.script else self.usual
        if status == HANG:
            self._over.wait(30)
            return
        if status == RESET:
            link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return
        lines = [f"HTTP/1.1 {status} X", *(f"{n}: {v}" for n, v in self.extra.items())]
        if self.endless:
            lines.append("transfer-encoding: chunked")
        else:
            lines.append("content-length: 0")
        for byte in "\r\n".join([*lines, "", ""]).encode():
            link.sendall(bytes([byte]))
            time.sleep(self.drip_s)
        while self.endless and not self._over.is_set():
            link.sendall(b"1\r\nx\r\n")
            time.sleep(0.01)
