"""A TLS client (Python ssl module) for TLSServerTests.swift: `tls_peer.py PORT FOLDER`. Reads its steps from stdin."""

import socket
import ssl
import sys

PORT, FOLDER = int(sys.argv[1]), sys.argv[2]
VERSIONS = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}


def context(version=None, certificate=None, protocols=("http/1.1",)):
    made = ssl.create_default_context(cafile=f"{FOLDER}/authority.pem")
    if version:
        made.minimum_version = made.maximum_version = VERSIONS[version]
    if certificate:
        made.load_cert_chain(f"{FOLDER}/{certificate}.pem", f"{FOLDER}/{certificate}.key")
    if protocols:
        made.set_alpn_protocols(list(protocols))
    return made


def plain(buffer=None):
    made = socket.socket()
    if buffer:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    made.settimeout(60)
    made.connect(("127.0.0.1", PORT))
    return made


def connect(using=None, session=None, buffer=None, **options):
    return (using or context(**options)).wrap_socket(
        plain(buffer), server_hostname="localhost", session=session, suppress_ragged_eofs=False)


def head(path, body=b"", fields=""):
    return f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {len(body)}\r\n{fields}\r\n".encode() + body


def response(connection):
    """The body of one response."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            raise EOFError(data)
        data += more
    fields, body = data.split(b"\r\n\r\n", 1)
    length = int(fields.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    body = bytearray(body)
    while len(body) < length:
        body += connection.recv(65536)
    return bytes(body)


def request(connection, path, body=b"", fields=""):
    connection.sendall(head(path, body, fields))
    return response(connection).decode()


def name(connection):
    return dict(part[0] for part in connection.getpeercert()["subject"])["commonName"]


def refusal(action):
    """The error of a rejected handshake. In TLS 1.3 the first read reports it."""
    try:
        request(action(), "/")
    except ssl.SSLError as error:
        return error.reason or str(error)
    return "accepted"


exec(compile(sys.stdin.read(), "steps", "exec"))
