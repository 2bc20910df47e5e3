"""Expired sessions, slow and missing networks, and unusual values of an SDK."""

import base64
import hashlib
import hmac
import time

from harness import SESSION_KEY, ShopTest


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def signed(payload):
    """A session with the key of the gateway: the payload, a dot, its HMAC-SHA256."""
    return f"{payload}.{encode(hmac.digest(SESSION_KEY.encode(), payload.encode(), hashlib.sha256))}"


def expired(session):
    """The same session, with a lifetime that is over."""
    payload = session.split(".")[0]
    assert session == signed(payload)
    fields = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)).decode().split("|")
    fields[-1] = str(int(time.time() * 1000) - 1)
    return signed(encode("|".join(fields).encode()))


class Interruptions(ShopTest):
    def change(self, path, function):
        """Changes the bodies that the page sends to `path` by a JavaScript function."""
        self.browser.execute_script(
            "const send = window.fetch; window.fetch = (url, options) => {"
            f"  if (url === '{path}') {{ const body = JSON.parse(options.body); ({function})(body);"
            "    options.body = JSON.stringify(body); }"
            "  return send(url, options); };")

    # MARK: Sessions

    def test_an_expired_session_asks_for_a_new_attempt(self):
        self.browser.execute_script(
            "const send = window.fetch; window.fetch = (url, options) => send(url, options).then(async response => {"
            "  if (url !== '/api/session') return response;"
            "  window.opened = await response.json();"
            "  while (!window.replacement) await new Promise(done => setTimeout(done, 10));"
            "  window.opened.session = window.replacement;"
            "  return new Response(JSON.stringify(window.opened)); });")
        self.tap("login")
        session = self.until(lambda: self.browser.execute_script("return window.opened && window.opened.session"))
        self.browser.execute_script("window.replacement = arguments[0]", expired(session))
        self.complete()
        self.assertIn("过期", self.message())
        self.assertIn("请再试一次。", self.message())
        self.assertEqual(self.requests(), [])

    # MARK: Networks

    def test_a_slow_network_shows_progress_and_succeeds(self):
        self.network(latency=400, downloadThroughput=20_000, uploadThroughput=10_000)
        self.tap("login")
        self.assertEqual(self.find("message").text, "正在打开认证…")
        self.assertFalse(self.find("login").is_enabled())
        self.complete()
        self.assert_logged_in()

    def test_without_a_network_the_page_asks_to_check_it(self):
        self.network(offline=True)
        self.tap("login")
        self.assertEqual(self.message(), "网络异常，请检查网络后重试。")
        self.network()
        self.tap("login")
        self.complete()
        self.assert_logged_in()

    def test_the_network_fails_while_the_authorisation_page_is_open(self):
        self.tap("login")
        self.wait("numgate-sandbox-digits")
        self.network(offline=True)
        self.complete()
        self.assertNotEqual(self.message(), "")
        self.assertNotIn("已登录", self.message())

    def test_a_stopped_gateway_is_a_failure_with_sms(self):
        self.services.stop_gateway()
        try:
            self.tap("login")
            self.assert_sms("登录服务暂不可用。 请改用短信验证码登录。")
        finally:
            self.services.start_gateway()

    def test_a_gateway_that_stops_while_the_authorisation_page_is_open_is_a_failure_with_sms(self):
        self.tap("login")
        self.wait("numgate-sandbox-digits")
        self.services.stop_gateway()
        try:
            self.complete()
            self.assert_sms("登录服务暂不可用。 请改用短信验证码登录。")
        finally:
            self.services.start_gateway()

    # MARK: Values of the SDK

    def test_reserved_characters_of_the_user_information_reach_the_vendor_unchanged(self):
        value = "a%3D%40%20+b%2Bc=&"
        self.tap("login")
        self.wait("numgate-sandbox-digits")
        self.change("/api/login", f"body => {{ body.userInformation = '{value}'; }}")
        self.complete()
        # The sandbox refuses another fingerprint than that of the token.
        self.assertNotEqual(self.message(), "")
        self.assertNotIn("已登录", self.message())
        self.assertEqual([each["body"].count(f'"{value}"') for each in self.requests()], [1])
