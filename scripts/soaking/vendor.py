"""A faulty vendor that implements openapi/rs/tokenValidate (China Mobile, server API)."""

import asyncio
import json
import random
import re
import socket
import struct

TOKEN = re.compile(rb"soak-(\d+)-")


class Vendor:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.seen = bytearray()
        self.repeated = []
        self.counts = {}
        behaviours = {
            self.answer: 60, self.slow: 6, self.reset: 4, self.close_early: 4, self.close_after: 6, self.drip: 4,
            self.rubbish: 4, self.page: 3, self.interim: 3, self.keep_alive_short: 4, self.busy: 2,
        }
        self.behaviours, self.weights = list(behaviours), list(behaviours.values())

    def note(self, body):
        """Records the token of a request and returns its number."""
        found = TOKEN.search(body)
        if not found:
            return None
        number = int(found.group(1))
        if number >= len(self.seen):
            self.seen.extend(bytes(number + 65536 - len(self.seen)))
        if self.seen[number]:
            self.repeated.append(number)
        self.seen[number] = 1
        return number

    async def serve(self, reader, writer):
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = re.search(rb"(?i)content-length: *(\d+)", head)
                body = await reader.readexactly(int(length.group(1))) if length else b""
                number = self.note(body)
                behaviour = self.random.choices(self.behaviours, self.weights)[0]
                self.counts[behaviour.__name__] = self.counts.get(behaviour.__name__, 0) + 1
                if not await behaviour(writer, good(number)):
                    return
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()

    # Each behaviour returns True if the connection stays open.

    async def answer(self, writer, body):
        writer.write(response(body))
        await writer.drain()
        return True

    async def slow(self, writer, body):
        await asyncio.sleep(self.random.uniform(0.05, 0.8))
        return await self.answer(writer, body)

    async def reset(self, writer, body):
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return False

    async def close_early(self, writer, body):
        whole = response(body)
        writer.write(whole[: self.random.randrange(len(whole))])
        return False

    async def close_after(self, writer, body):
        await self.answer(writer, body)
        return False

    async def drip(self, writer, body):
        whole = response(body)
        for start in range(0, len(whole), 40):
            writer.write(whole[start:start + 40])
            await writer.drain()
            await asyncio.sleep(0.005)
        return True

    async def rubbish(self, writer, body):
        writer.write(self.random.randbytes(self.random.randrange(1, 4000)))
        return False

    async def page(self, writer, body):
        writer.write(response("<html>网关错误</html>".encode("gbk"), "502 Bad Gateway", "text/html"))
        return True

    async def interim(self, writer, body):
        writer.write(b"HTTP/1.1 102 Processing\r\n\r\n" * self.random.randrange(1, 20))
        return await self.answer(writer, body)

    async def keep_alive_short(self, writer, body):
        writer.write(response(body, fields="Keep-Alive: timeout=1\r\n"))
        await writer.drain()
        return True

    async def busy(self, writer, body):
        writer.write(response(b"busy", "503 Service Unavailable", "text/plain", "Retry-After: 2\r\n"))
        return True


def good(number):
    """The correct response: an even token matches the phone number."""
    code = "000" if number is None or number % 2 == 0 else "001"
    return json.dumps({"header": {"msgId": "", "resultCode": code}, "body": {"taskId": str(number)}}).encode()


def response(body, status="200 OK", kind="application/json", fields=""):
    return (f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{fields}Content-Length: {len(body)}\r\n\r\n").encode() + body
