#!/usr/bin/env python3
"""Writes cryptography.json to its own folder: results of Python's hashlib, hmac and `cryptography` and of the `openssl`
command. Run it manually; the tests only read the file.

    python3 make_fixtures.py

The keys are generated here and only used by these tests.
"""

import base64
import datetime
import hashlib
import hmac
import json
import pathlib
import random
import subprocess
import tempfile
import urllib.parse

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.x509.oid import NameOID

FOLDER = pathlib.Path(__file__).parent
RANDOM = random.Random(20260101)
PASS_PHRASE = "open sesame"


def openssl(*arguments, data=b""):
    return subprocess.run(["openssl", *arguments], input=data, check=True, capture_output=True).stdout


def bytes_of(count):
    return bytes(RANDOM.randrange(256) for _ in range(count))


def folded(text, width=64, end="\n"):
    return end.join(text[at:at + width] for at in range(0, len(text), width)) + end


def armoured(name, der):
    body = folded(base64.b64encode(der).decode())
    return f"-----BEGIN {name}-----\n{body}-----END {name}-----\n"


def b64(der):
    return base64.b64encode(der).decode()


def digests():
    functions = {"md5": hashlib.md5, "sha1": hashlib.sha1, "sha256": hashlib.sha256}
    # Lengths around the block and the padding of each function.
    lengths = [0, 1, 3, 55, 56, 57, 63, 64, 65, 119, 120, 127, 128, 129, 1000, 100_000]
    result = []
    for name, function in functions.items():
        for length in lengths:
            message = bytes(index % 251 for index in range(length))
            result.append({"algorithm": name, "length": length, "digest": function(message).hexdigest()})
    return result


def hmacs():
    result = []
    for name in ["md5", "sha1", "sha256"]:
        for key_length in [0, 1, 32, 63, 64, 65, 128, 1000]:
            for length in [0, 1, 64, 500]:
                key, message = bytes_of(key_length), bytes_of(length)
                result.append({
                    "algorithm": name, "key": key.hex(), "message": message.hex(),
                    "tag": hmac.new(key, message, name).hexdigest(),
                })
    return result


def private_ders(key):
    formats = serialization.PrivateFormat
    return {
        form: key.private_bytes(serialization.Encoding.DER, format, serialization.NoEncryption())
        for form, format in [("pkcs8", formats.PKCS8), ("pkcs1", formats.TraditionalOpenSSL)]
    }


def public_ders(key):
    formats = serialization.PublicFormat
    return {
        form: key.public_bytes(serialization.Encoding.DER, format)
        for form, format in [("x509", formats.SubjectPublicKeyInfo), ("pkcs1", formats.PKCS1)]
    }


def spread(text):
    """Base64 with the white space of pasted text: leading spaces, tabs inside, line ends of both kinds."""
    middle = len(text) // 2
    return "  \n" + folded(text[:middle], 60, "\r\n") + "\t" + folded(text[middle:], 76, "\n ") + "\n\n"


def rsa_key(bits):
    key = rsa.generate_private_key(65537, bits)
    private, public = private_ders(key), public_ders(key.public_key())
    private_forms = {
        "PEM, PKCS#8": armoured("PRIVATE KEY", private["pkcs8"]),
        "PEM, PKCS#1": armoured("RSA PRIVATE KEY", private["pkcs1"]),
        "PEM with CRLF": armoured("PRIVATE KEY", private["pkcs8"]).replace("\n", "\r\n"),
        "PEM without its last line end": armoured("PRIVATE KEY", private["pkcs8"]).rstrip("\n"),
        "PEM with blank lines around it": "\n\n" + armoured("RSA PRIVATE KEY", private["pkcs1"]) + "\n\n",
        "PEM behind text": "Bag Attributes: none\n" + armoured("PRIVATE KEY", private["pkcs8"]),
        "Base64, PKCS#8": b64(private["pkcs8"]),
        "Base64, PKCS#1": b64(private["pkcs1"]),
        "Base64, PKCS#8, with white space": spread(b64(private["pkcs8"])),
        "Base64, PKCS#1, with white space": spread(b64(private["pkcs1"])),
    }
    public_forms = {
        "PEM, X.509": armoured("PUBLIC KEY", public["x509"]),
        "PEM, PKCS#1": armoured("RSA PUBLIC KEY", public["pkcs1"]),
        "PEM with CRLF": armoured("PUBLIC KEY", public["x509"]).replace("\n", "\r\n"),
        "PEM, PKCS#1, with CRLF": armoured("RSA PUBLIC KEY", public["pkcs1"]).replace("\n", "\r\n"),
        "PEM without its last line end": armoured("PUBLIC KEY", public["x509"]).rstrip("\n"),
        "Base64, X.509": b64(public["x509"]),
        "Base64, PKCS#1": b64(public["pkcs1"]),
        "Base64, X.509, with white space": spread(b64(public["x509"])),
        "Base64, PKCS#1, with white space": spread(b64(public["pkcs1"])),
    }
    size = bits // 8
    limit = size - 11
    messages = ["", "a", "13800138000", "移动认证 🔑 \u0000\n", "numgate " * 100]
    signatures = []
    ciphertexts = []
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "key.pem"
        path.write_text(private_forms["PEM, PKCS#8"])
        for message in messages:
            for digest in ["md5", "sha1", "sha256"]:
                signature = openssl("dgst", f"-{digest}", "-sign", str(path), data=message.encode())
                signatures.append({"message": message, "digest": digest, "signature": signature.hex()})
        for length in [1, 11, limit - 1, limit]:
            message = bytes_of(length)
            ciphertext = openssl("pkeyutl", "-encrypt", "-inkey", str(path), data=message)
            ciphertexts.append({"message": message.hex(), "ciphertext": ciphertext.hex()})
    encrypt = lambda part: key.public_key().encrypt(part, padding.PKCS1v15())
    # Several blocks, divided like in the vendors' Java tools, and at other positions.
    for length, cut in [(0, limit), (limit + 1, limit), (3 * limit, limit), (3 * limit + 7, limit), (200, 50)]:
        message = bytes_of(length)
        parts = [message[at:at + cut] for at in range(0, max(length, 1), cut)]
        ciphertexts.append({"message": message.hex(), "ciphertext": b"".join(map(encrypt, parts)).hex()})
    return {
        "bits": bits, "private": private_forms, "public": public_forms, "signatures": signatures,
        "ciphertexts": ciphertexts,
    }


def wrong_keys():
    key = rsa.generate_private_key(65537, 2048)
    private, public = private_ders(key), public_ders(key.public_key())
    curve = ec.generate_private_key(ec.SECP256R1())
    curve_private = private_ders(curve)
    curve_public = curve.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "numgate")])
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(datetime.datetime(2026, 1, 1))
        .not_valid_after(datetime.datetime(2036, 1, 1)).sign(key, hashes.SHA256())
    ).public_bytes(serialization.Encoding.DER)
    pem = armoured("PRIVATE KEY", private["pkcs8"])
    # `cryptography` does not generate keys of less than 1024 bits, but openssl does.
    weak_pem = openssl("genrsa", "512").decode()
    weak_der = openssl("pkcs8", "-topk8", "-nocrypt", "-outform", "DER", data=weak_pem.encode())
    weak_public = openssl("pkey", "-pubout", "-outform", "DER", data=weak_pem.encode())
    huge = rsa.RSAPublicNumbers(65537, (1 << 8199) | 1).public_key()
    huge_public = public_ders(huge)["x509"]
    pss = openssl("genpkey", "-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048")
    pss_private = openssl("pkcs8", "-topk8", "-nocrypt", "-outform", "DER", data=pss)
    pss_public = openssl("pkey", "-pubout", "-outform", "DER", data=pss)
    encrypted = openssl("pkcs8", "-topk8", "-passout", f"pass:{PASS_PHRASE}", data=pem.encode())
    encrypted_der = openssl(
        "pkcs8", "-topk8", "-passout", f"pass:{PASS_PHRASE}", "-outform", "DER", data=pem.encode())
    traditional = openssl(
        "rsa", "-aes128", "-traditional", "-passout", f"pass:{PASS_PHRASE}", data=pem.encode()).decode()
    assert "Proc-Type: 4,ENCRYPTED" in traditional

    case = lambda name, text, error: {"name": name, "text": text, "error": error}
    of_both = [
        case("nothing", "", "notAKey"),
        case("white space", " \r\n\t ", "notAKey"),
        case("words", "this is not a key", "notAKey"),
        case("Base64 of other data", b64(b"nothing in particular"), "notAKey"),
        case("Base64 with a stray letter", b64(private["pkcs8"])[:-4] + "A$B=", "notAKey"),
        case("only a PEM line", "-----BEGIN PRIVATE KEY-----", "notAKey"),
        case("PEM without a body", "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n", "notAKey"),
        case("a certificate in PEM", armoured("CERTIFICATE", certificate), "notAKey"),
        case("a certificate in Base64", b64(certificate), "notAKey"),
    ]
    privates = of_both + [
        case("a public key in PEM", armoured("PUBLIC KEY", public["x509"]), "notAKey"),
        case("a PKCS#1 public key in PEM", armoured("RSA PUBLIC KEY", public["pkcs1"]), "notAKey"),
        case("a public key in Base64", b64(public["x509"]), "notAKey"),
        case("a PKCS#1 public key in Base64", b64(public["pkcs1"]), "notAKey"),
        case("PEM cut in the middle", pem[:len(pem) // 2], "notAKey"),
        case("PEM without its end", pem[:pem.index("-----END")], "notAKey"),
        case("PEM of a cut key", armoured("PRIVATE KEY", private["pkcs8"][:-10]), "notAKey"),
        case("Base64 cut in the middle", b64(private["pkcs8"][:600]), "notAKey"),
        case("Base64 with trailing bytes", b64(private["pkcs8"] + b"\0\0"), "notAKey"),
        case("PKCS#1 with trailing bytes", b64(private["pkcs1"] + b"\0"), "notAKey"),
        case("an EC key in PEM", armoured("PRIVATE KEY", curve_private["pkcs8"]), "notRSA"),
        case("an EC key in its traditional PEM", armoured("EC PRIVATE KEY", curve_private["pkcs1"]), "notRSA"),
        case("an EC key in Base64", b64(curve_private["pkcs8"]), "notRSA"),
        case("an RSA-PSS key in Base64", b64(pss_private), "notRSA"),
        case("512 bits in PEM", weak_pem, "unusableKeyLength(512)"),
        case("512 bits in Base64", b64(weak_der), "unusableKeyLength(512)"),
    ]
    publics = of_both + [
        case("a private key in PEM", pem, "notAKey"),
        case("a PKCS#1 private key in PEM", armoured("RSA PRIVATE KEY", private["pkcs1"]), "notAKey"),
        case("a private key in Base64", b64(private["pkcs8"]), "notAKey"),
        case("a PKCS#1 private key in Base64", b64(private["pkcs1"]), "notAKey"),
        case("PEM of a cut key", armoured("PUBLIC KEY", public["x509"][:-10]), "notAKey"),
        case("Base64 of a cut key", b64(public["x509"][:-10]), "notAKey"),
        case("PEM with trailing bytes", armoured("RSA PUBLIC KEY", public["pkcs1"] + b"\0"), "notAKey"),
        case("Base64 with trailing bytes", b64(public["x509"] + b"\0"), "notAKey"),
        case("an EC key in PEM", armoured("PUBLIC KEY", curve_public), "notRSA"),
        case("an EC key in Base64", b64(curve_public), "notRSA"),
        case("an RSA-PSS key in Base64", b64(pss_public), "notRSA"),
        case("512 bits in Base64", b64(weak_public), "unusableKeyLength(512)"),
        case("8200 bits in PEM", armoured("PUBLIC KEY", huge_public), "unusableKeyLength(8200)"),
    ]
    return {
        "private": privates, "public": publics, "passPhrase": PASS_PHRASE,
        "encrypted": [
            case("PKCS#8 in PEM", encrypted.decode(), "notAKey"),
            case("PKCS#1 in PEM", traditional, "notAKey"),
            case("PKCS#8 in Base64", b64(encrypted_der), "notAKey"),
        ],
    }


def aes():
    def run(key, mode, data):
        encryptor = Cipher(algorithms.AES(key), mode).encryptor()
        return encryptor.update(data) + encryptor.finalize()

    whole, broken = [], []
    for key_length in [16, 32]:
        for name in ["ecb", "cbc"]:
            for length in [0, 1, 15, 16, 17, 31, 32, 33, 1000]:
                key, iv, message = bytes_of(key_length), bytes_of(16), bytes_of(length)
                mode = modes.ECB() if name == "ecb" else modes.CBC(iv)
                rest = 16 - length % 16
                whole.append({
                    "key": key.hex(), "iv": iv.hex() if name == "cbc" else "", "message": message.hex(),
                    "ciphertext": run(key, mode, message + bytes([rest] * rest)).hex(),
                })
            for what, last in [
                ("ends in 0", bytes_of(15) + b"\0"),
                ("ends in 17", bytes_of(15) + b"\x11"),
                ("ends in 255", bytes_of(15) + b"\xff"),
                ("has 2 bytes instead of 3", bytes_of(12) + b"\0\0\3\3"),
                ("has 15 bytes instead of 16", b"\x0f" + b"\x10" * 15),
            ]:
                key, iv = bytes_of(key_length), bytes_of(16)
                mode = modes.ECB() if name == "ecb" else modes.CBC(iv)
                broken.append({
                    "name": f"AES-{key_length * 8}-{name.upper()}, the padding {what}", "key": key.hex(),
                    "iv": iv.hex() if name == "cbc" else "", "ciphertext": run(key, mode, bytes_of(16) + last).hex(),
                })
    return {"whole": whole, "broken": broken}


def des():
    """Single DES by the legacy provider of the openssl command. The module under test uses three-key DES."""

    def run(key, iv, data, *options):
        cipher = ["enc", "-des-cbc", "-provider", "legacy", "-provider", "default"]
        return openssl(*cipher, "-K", key.hex(), "-iv", iv.hex(), *options, data=data)

    whole, broken = [], []
    for length in [0, 1, 7, 8, 9, 15, 16, 17, 23, 1000]:
        key, iv, message = bytes_of(8), bytes_of(8), bytes_of(length)
        whole.append({
            "key": key.hex(), "iv": iv.hex(), "message": message.hex(), "ciphertext": run(key, iv, message).hex(),
        })
    for what, last in [
        ("ends in 0", bytes_of(7) + b"\0"),
        ("ends in 9", bytes_of(7) + b"\x09"),
        ("ends in 255", bytes_of(7) + b"\xff"),
        ("has 2 bytes instead of 3", bytes_of(4) + b"\0\0\3\3"),
        ("has 7 bytes instead of 8", b"\7" + b"\x08" * 7),
    ]:
        key, iv = bytes_of(8), bytes_of(8)
        broken.append({
            "name": f"DES-CBC, the padding {what}", "key": key.hex(), "iv": iv.hex(),
            "ciphertext": run(key, iv, bytes_of(8) + last, "-nopad").hex(),
        })
    return {"whole": whole, "broken": broken}


def encodings():
    texts = [bytes_of(length) for length in range(0, 70)] + [bytes(range(256)), b"\xfb\xff\xfe", b"\0\0\0"]
    words = [
        "", "abcXYZ019-._~", "a b", "a+b", "100%", "&=?/#:@!$'()*,;[]", "中文", "é", "🔑", "\0\x7f\n\r\t",
        "2024-01-02T03:04:05Z", "".join(map(chr, range(128))),
    ]
    return {
        "bytes": [
            {"hex": text.hex(), "base64": b64(text),
             "urlSafe": base64.urlsafe_b64encode(text).decode().rstrip("=")}
            for text in texts
        ],
        "percent": [{"text": word, "encoded": urllib.parse.quote(word, safe="-._~")} for word in words],
        "forms": [{"text": word, "encoded": urllib.parse.quote_plus(word)} for word in words],
    }


fixture = {
    "digests": digests(), "hmacs": hmacs(), "rsa": [rsa_key(1024), rsa_key(2048)],
    "wrongKeys": wrong_keys(), "aes": aes(), "encodings": encodings(), "des": des(),
}
(FOLDER / "cryptography.json").write_text(json.dumps(fixture, indent=1, ensure_ascii=False) + "\n")
