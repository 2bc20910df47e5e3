"""The example shop in a real browser, on a page of a phone's size: each way a login can end is shown in words."""

import contextlib
import json
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

from axe_selenium_python import Axe
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIMIT = 10
NUMBER = "13800000000"
BINARY, SCREENSHOTS = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
LOGIN_PATH = "/h5/onekeylogin/tokenValidate"


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def call(method, url, body=None):
    request = urllib.request.Request(
        url, None if body is None else json.dumps(body).encode(), {"Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=LIMIT) as response:
        text = response.read()
        return json.loads(text) if text else None


class Services:
    """Sandbox, gateway and shop as processes on free ports."""

    def __init__(self, folder):
        self.sandbox, self.gateway, self.shop = (f"127.0.0.1:{free_port()}" for _ in range(3))
        folder = pathlib.Path(folder)
        accounts = (ROOT / "Sources/Sandbox/accounts.yaml").read_text().replace("127.0.0.1:8070", self.shop)
        (folder / "accounts.yaml").write_text(accounts)
        config = (ROOT / "config.yaml").read_text()
        config = config.replace("127.0.0.1:9090", self.sandbox).replace("127.0.0.1:8080", self.gateway)
        (folder / "config.yaml").write_text(config)
        (folder / "providers").symlink_to(ROOT / "providers")
        self.log = open(folder / "log", "wb")
        self.processes = []
        self.start(BINARY, "sandbox", "--listen", self.sandbox, "--accounts", folder / "accounts.yaml")
        self.start(BINARY, "serve", "--config", folder / "config.yaml", "--providers", folder / "providers")
        self.start(sys.executable, "-B", ROOT / "examples/shop/shop.py", "--listen", self.shop,
                   "--gateway", f"http://{self.gateway}", "--aliyun-sdk", f"http://{self.sandbox}/sdk/numberAuth-web-sdk.js")
        for address, path in ((self.sandbox, "/sandbox"), (self.gateway, "/readyz"), (self.shop, "/numgate.js")):
            self.wait(f"http://{address}{path}")

    def start(self, *command):
        self.processes.append(subprocess.Popen([str(part) for part in command], stdout=self.log, stderr=self.log))

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
                time.sleep(0.05)

    def stop(self):
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait(LIMIT)
        self.log.close()


def browser():
    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    options.add_experimental_option(
        "mobileEmulation", {"deviceMetrics": {"width": 390, "height": 844, "pixelRatio": 2.0}})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))


class Shop(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        stack = contextlib.ExitStack()
        cls.addClassCleanup(stack.close)
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        cls.services = Services(folder)
        stack.callback(cls.services.stop)
        cls.browser = browser()
        stack.callback(cls.browser.quit)

    def setUp(self):
        call("POST", f"http://{self.services.sandbox}/sandbox/reset")
        self.block([])
        self.browser.get(f"http://{self.services.shop}/")
        self.browser.get_log("browser")

    def tearDown(self):
        self.browser.save_screenshot(str(SCREENSHOTS / f"{self._testMethodName}.png"))
        # The browser reports each response with a status from 400 on; scripts of the page must not fail.
        errors = [entry["message"] for entry in self.browser.get_log("browser")
                  if entry["level"] == "SEVERE" and "Failed to load resource" not in entry["message"]]
        self.assertEqual(errors, [])

    # MARK: What a user and a developer do

    def phone(self, **fields):
        call("PUT", f"http://{self.services.sandbox}/sandbox/phone", fields)

    def block(self, urls):
        self.browser.execute_cdp_cmd("Network.enable", {})
        self.browser.execute_cdp_cmd("Network.setBlockedURLs", {"urls": urls})

    def find(self, name):
        return self.browser.find_element(By.ID, name)

    def tap(self, name):
        WebDriverWait(self.browser, LIMIT).until(lambda _: self.find(name).is_enabled())
        self.find(name).click()

    def wait(self, name):
        WebDriverWait(self.browser, LIMIT).until(lambda driver: driver.find_elements(By.ID, name))
        return self.find(name)

    def complete(self, digits=NUMBER[3:7]):
        """Completes the number on the authorisation page and agrees."""
        self.wait("numgate-sandbox-digits").send_keys(digits)
        self.tap("numgate-sandbox-agree")
        self.tap("numgate-sandbox-submit")

    def message(self):
        """The message after the login has ended."""
        WebDriverWait(self.browser, LIMIT).until(lambda _: self.find("login").is_enabled())
        return self.find("message").text

    def requests(self):
        return [each for each in call("GET", f"http://{self.services.sandbox}/sandbox/requests")
                if LOGIN_PATH in each["path"]]

    def assert_accessible(self):
        axe = Axe(self.browser)
        axe.inject()
        results = axe.run()
        serious = [f"{each['id']}: {each['help']}" for each in results["violations"]
                   if each["impact"] in ("serious", "critical")]
        self.assertEqual(serious, [])

    # MARK: Success

    def test_a_user_logs_in_with_the_number_of_this_phone(self):
        self.tap("login")
        self.complete()
        self.assertEqual(self.message(), "已登录：138****0000")
        self.assertEqual(len(self.requests()), 1)

    def test_a_user_logs_in_twice_and_the_script_is_loaded_once(self):
        for _ in range(2):
            self.tap("login")
            self.complete()
            self.assertIn("138****0000", self.message())
        scripts = self.browser.execute_script("return document.querySelectorAll('script[src*=jssdk]').length")
        self.assertEqual(scripts, 1)

    def test_a_second_call_of_the_success_callback_has_no_effect(self):
        self.phone(script="twice")
        self.tap("login")
        self.complete()
        self.assertIn("138****0000", self.message())
        self.assertEqual(len(self.requests()), 1)

    def test_two_tabs_log_in_independently(self):
        self.tap("login")
        first = self.browser.current_window_handle
        self.browser.switch_to.new_window("tab")
        self.browser.get(f"http://{self.services.shop}/")
        self.tap("login")
        self.complete()
        self.assertIn("138****0000", self.message())
        self.browser.close()
        self.browser.switch_to.window(first)
        self.complete()
        self.assertIn("138****0000", self.message())

    # MARK: Verification, with Aliyun's SDK

    def verify(self, number):
        self.find("number").send_keys(number)
        self.tap("check")
        WebDriverWait(self.browser, LIMIT).until(lambda _: self.find("check").is_enabled())
        return self.find("message").text

    def test_a_number_is_the_number_of_this_phone(self):
        self.assertEqual(self.verify(NUMBER), "是本机号码。")

    def test_a_number_is_not_the_number_of_this_phone(self):
        self.assertEqual(self.verify("13900000000"), "不是本机号码。")

    def test_a_verification_on_wi_fi_asks_to_turn_it_off(self):
        self.phone(network="wifi")
        self.assertIn("请关闭 Wi-Fi", self.verify(NUMBER))

    def test_a_number_that_is_none_is_refused_in_words(self):
        message = self.verify("123")
        self.assertNotEqual(message, "")
        self.assertNotIn("是本机号码。", message)

    def test_a_verification_without_a_token_is_a_failure(self):
        self.phone(script="empty-token")
        message = self.verify(NUMBER)
        self.assertNotEqual(message, "")
        self.assertNotIn("是本机号码。", message)

    # MARK: Failures, each in words

    def test_on_wi_fi_the_page_asks_to_turn_it_off(self):
        self.phone(network="wifi")
        self.tap("login")
        self.assertIn("请关闭 Wi-Fi，使用手机流量后重试。", self.message())

    def test_another_number_than_the_phones_is_refused(self):
        self.tap("login")
        self.complete("9999")
        self.assertIn("不是", self.message())
        self.assertEqual(self.requests(), [])

    def test_a_user_who_closes_the_page_is_offered_sms(self):
        self.tap("login")
        self.wait("numgate-sandbox-close")
        self.tap("numgate-sandbox-close")
        self.assertNotEqual(self.message(), "")
        self.assertTrue(self.find("sms").is_displayed())

    def test_an_empty_token_is_a_failure(self):
        self.phone(script="empty-token")
        self.tap("login")
        self.complete()
        self.assertNotIn("已登录", self.message())
        self.assertNotEqual(self.message(), "")
        self.assertEqual(self.requests(), [])

    def test_an_sdk_that_cannot_be_loaded_is_a_failure_and_the_next_attempt_loads_it(self):
        self.block(["*jssdk-1.0.0.min.js"])
        self.tap("login")
        self.assertIn("认证组件加载失败", self.message())
        self.block([])
        self.tap("login")
        self.complete()
        self.assertIn("138****0000", self.message())

    def test_an_sdk_that_never_calls_back_is_a_time_out(self):
        self.phone(script="silent")
        reason = self.browser.execute_async_script(
            "const done = arguments[0];"
            "fetch('/api/session', {method: 'POST', body: '{}'}).then(r => r.json())"
            "  .then(session => Numgate.login({session, nonce: document.querySelector('script[nonce]').nonce, timeout: 200}))"
            "  .then(() => done('token'), failure => done(failure.reason));")
        self.assertEqual(reason, "sdk-timeout")

    def test_a_session_of_another_gateway_is_refused(self):
        self.browser.execute_script(
            "const send = window.fetch; window.fetch = (url, options) => {"
            "  if (url === '/api/login') {"
            "    const body = JSON.parse(options.body); body.session = 'MXx4.AAAA'; options.body = JSON.stringify(body); }"
            "  return send(url, options); };")
        self.tap("login")
        self.complete()
        self.assertNotIn("已登录", self.message())
        self.assertNotEqual(self.message(), "")
        self.assertEqual(self.requests(), [])

    def test_the_user_information_is_sent_unchanged(self):
        self.browser.execute_script(
            "window.sent = []; const send = window.fetch; window.fetch = (url, options) => {"
            "  if (url === '/api/login') window.sent.push(JSON.parse(options.body)); return send(url, options); };")
        self.tap("login")
        self.complete()
        self.assertIn("138****0000", self.message())
        sent = self.browser.execute_script("return window.sent[0]")
        # The fingerprint of the sandbox's SDK holds characters that a careless page decodes.
        self.assertRegex(sent["userInformation"], "%[0-9A-Fa-f]{2}")
        self.assertEqual(self.requests()[0]["body"].count(json.dumps(sent["userInformation"], ensure_ascii=False)), 1)

    # MARK: The sandbox's page

    def test_the_sandbox_page_sets_the_phone_and_lists_the_requests(self):
        self.browser.get(f"http://{self.services.sandbox}/sandbox")
        WebDriverWait(self.browser, LIMIT).until(
            lambda _: self.find("phone").find_element(By.NAME, "phoneNumber").get_property("value") == NUMBER)
        self.assert_accessible()
        self.find("phone").find_element(By.NAME, "network").send_keys("Wi-Fi")
        self.find("phone").find_element(By.TAG_NAME, "button").click()
        WebDriverWait(self.browser, LIMIT).until(lambda _: self.find("said").text == "已应用。")
        phone = call("GET", f"http://{self.services.sandbox}/sandbox/phone")
        self.assertEqual(phone["network"], "wifi")
        with contextlib.suppress(OSError):
            call("POST", f"http://{self.services.sandbox}{LOGIN_PATH}", {"token": "x"})
        WebDriverWait(self.browser, LIMIT).until(lambda _: LOGIN_PATH in self.find("requests").text)
        self.assertIn("103002", self.find("requests").text)

    def test_the_sandbox_page_lets_the_next_login_fail(self):
        self.browser.get(f"http://{self.services.sandbox}/sandbox")
        WebDriverWait(self.browser, LIMIT).until(
            lambda _: self.find("phone").find_element(By.NAME, "phoneNumber").get_property("value") == NUMBER)
        self.find("fault").find_element(By.NAME, "code").send_keys("104007")
        self.find("fault").find_element(By.CSS_SELECTOR, "button[type=submit]").click()
        WebDriverWait(self.browser, LIMIT).until(lambda _: self.find("said").text == "已设置。")
        self.browser.get(f"http://{self.services.shop}/")
        self.tap("login")
        self.complete()
        self.assertIn("请再试一次", self.message())
        self.tap("login")
        self.complete()
        self.assertIn("138****0000", self.message())

    # MARK: The page itself

    def test_the_page_speaks_english_too(self):
        self.tap("language")
        self.assertEqual(self.find("login").text, "Log in with this phone")
        self.phone(network="wifi")
        self.tap("login")
        self.assertIn("Turn off Wi-Fi", self.message())

    def test_the_page_and_the_authorisation_page_are_accessible(self):
        self.tap("other")
        self.assert_accessible()
        self.tap("login")
        self.wait("numgate-sandbox-digits")
        self.assert_accessible()


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=1)
