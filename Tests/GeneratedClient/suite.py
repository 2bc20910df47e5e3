"""Calls a gateway with the client that openapi-python-client generates, also with the code of clients/server/README.md."""

import contextlib
import json
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

from numgate_client import AuthenticatedClient
from numgate_client.api.authentication import login, open_session, verify
from numgate_client.api.explanations import list_failures
from numgate_client.models import Advice, Channel, Login, Operation, Problem, Reason, Session, SessionRequest, Verdict

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = sys.argv[1]
LIMIT = 10
NUMBER = "13800000000"


def free_address():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{listener.getsockname()[1]}"


class GeneratedClient(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        stack = contextlib.ExitStack()
        cls.addClassCleanup(stack.close)
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        cls.gateway, cls.sandbox = free_address(), free_address()
        config = (ROOT / "config.yaml").read_text()
        config = config.replace("127.0.0.1:9090", cls.sandbox).replace("127.0.0.1:8080", cls.gateway)
        (folder / "config.yaml").write_text(config)
        log = stack.enter_context(open(folder / "log", "wb"))
        for command in (["sandbox", "--listen", cls.sandbox],
                        ["serve", "--config", folder / "config.yaml", "--providers", ROOT / "providers",
                         "--store", ":memory:"]):
            process = subprocess.Popen([BINARY, *map(str, command)], stdout=log, stderr=log)
            stack.callback(process.wait, LIMIT)
            stack.callback(process.terminate)
        cls.wait(f"http://{cls.sandbox}/sandbox")
        cls.wait(f"http://{cls.gateway}/readyz")
        cls.client = AuthenticatedClient(base_url=f"http://{cls.gateway}", token="numgate-demo-shop-key")
        stack.callback(cls.client.get_httpx_client().close)

    @staticmethod
    def wait(url):
        end = time.monotonic() + LIMIT
        while True:
            try:
                with urllib.request.urlopen(url, timeout=LIMIT):
                    return
            except OSError:
                if time.monotonic() > end:
                    raise

    def sdk(self, **fields):
        """What the vendor's SDK returns on the phone."""
        body = json.dumps({"phoneNumber": NUMBER, **fields}).encode()
        request = urllib.request.Request(
            f"http://{self.sandbox}/sandbox/tokens", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=LIMIT) as response:
            return json.load(response)

    def body(self):
        """Opens a session; returns the body of the page for `login`."""
        opened = open_session.sync("shop", client=self.client, body=SessionRequest(
            channel=Channel.H5, operation=Operation.LOGIN, page_url="http://127.0.0.1:8070/"))
        self.assertIsInstance(opened, Session)
        sdk = self.sdk(provider="china-mobile-h5", appId="300000000001", operation="login")
        return {"session": opened.session, "token": sdk["token"], "userInformation": sdk["userInformation"]}

    def test_a_session_and_its_login_return_the_phone_number(self):
        result = login.sync("shop", client=self.client, body=self.body())
        self.assertIsInstance(result, Login)
        self.assertEqual((result.phone_number, result.masked), (NUMBER, "138****0000"))

    def test_the_code_of_the_readme_logs_in(self):
        for name in ("README.md", "README.zh-CN.md"):
            code, = re.findall("```python\n(.*?)```", (ROOT / "clients/server" / name).read_text(), re.DOTALL)
            code = code.replace("127.0.0.1:8080", self.gateway)
            signed_in, shown = [], []
            names = {"body": self.body(), "sign_in": signed_in.append, "show": lambda *text: shown.append(text)}
            exec(code, names)
            names["numgate"].get_httpx_client().close()
            self.assertEqual((signed_in, shown), ([NUMBER], []))

    def test_the_second_login_with_a_token_is_a_failure_with_a_reason(self):
        body = self.body()
        self.assertIsInstance(login.sync("shop", client=self.client, body=body), Login)
        problem = login.sync("shop", client=self.client, body=body)
        self.assertIsInstance(problem, Problem)
        self.assertEqual((problem.reason, problem.advice), (Reason.TOKEN_EXPIRED, Advice.NEW_SESSION))
        self.assertEqual((problem.status, problem.vendor.provider), (422, "china-mobile-h5"))

    def test_a_verification_returns_a_verdict(self):
        token = self.sdk(provider="china-mobile-app", appId="300000000004", operation="verify")["token"]
        result = verify.sync(
            "shop", client=self.client, body={"channel": "app", "token": token, "phoneNumber": NUMBER})
        self.assertEqual(result.verdict, Verdict.MATCH)

    def test_an_invalid_key_is_a_failure_of_the_caller(self):
        stranger = AuthenticatedClient(base_url=f"http://{self.gateway}", token="unknown")
        problem = login.sync("shop", client=stranger, body={})
        stranger.get_httpx_client().close()
        self.assertEqual((problem.status, problem.reason), (401, Reason.UNAUTHENTICATED))

    def test_every_reason_is_in_the_generated_list(self):
        listed = {entry.reason for entry in list_failures.sync(client=self.client).failures}
        self.assertEqual(listed, set(Reason))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=1)
