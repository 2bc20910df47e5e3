"""Processes, browser and steps for the tests of the example shop."""

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
SESSION_KEY = "0123456789abcdef0123456789abcdef"
# Apps with the other types of the authorisation page.
PAGES = {
    "standard-page": '{type: "0"}',
    "standard-pop-up": '{type: "1"}',
    "embedded": '{type: "2", options: {layerStyle: {height: 240px, bgColor: "#FFFFFF", borderRadius: 12px}}}',
    "custom-page": '{type: "3", options: {bgColor: "#F7FBFF", titleStyle: {name: "小铺登录"}, submitBtnStyle: {name: "本机号码一键登录"}}}',
}


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
        self.folder = pathlib.Path(folder)
        self.shops = {"shop": self.shop, **{app: f"127.0.0.1:{free_port()}" for app in PAGES}}
        pages, origins = (", ".join(f"http://{shop}{end}" for shop in self.shops.values()) for end in ("/", ""))
        accounts = (ROOT / "Sources/Sandbox/accounts.yaml").read_text()
        # The lists get every shop, single values the first one.
        accounts = accounts.replace("http://127.0.0.1:8070/,", f"{pages},").replace("http://127.0.0.1:8070,", f"{origins},")
        accounts = accounts.replace("127.0.0.1:8070", self.shop)
        (self.folder / "accounts.yaml").write_text(accounts)
        (self.folder / "session-key").write_text(SESSION_KEY)
        (self.folder / "config.yaml").write_text(self.config())
        (self.folder / "providers").symlink_to(ROOT / "providers")
        self.log = open(self.folder / "log", "wb")
        self.processes = []
        self.start(BINARY, "sandbox", "--listen", self.sandbox, "--accounts", self.folder / "accounts.yaml")
        self.start_gateway()
        for app, shop in self.shops.items():
            self.start(sys.executable, "-B", ROOT / "examples/shop/shop.py", "--listen", shop, "--app", app,
                       "--gateway", f"http://{self.gateway}",
                       "--aliyun-sdk", f"http://{self.sandbox}/sdk/numberAuth-web-sdk.js")
        self.wait(f"http://{self.sandbox}/sandbox")
        for shop in self.shops.values():
            self.wait(f"http://{shop}/numgate.js")

    def config(self):
        config = (ROOT / "config.yaml").read_text()
        config = config.replace("127.0.0.1:9090", self.sandbox).replace("127.0.0.1:8080", self.gateway)
        key = self.folder / "session-key"
        config = config.replace("server:\n", f'server:\n  sessionKeys: ["${{file:{key}}}"]\n', 1)
        config = config.replace("apps: [shop, ", f"apps: [shop, {', '.join(PAGES)}, ", 1)
        apps = "".join(f"  {app}: {{h5: {{login: [mobile-h5], page: {page}}}}}\n" for app, page in PAGES.items())
        return config.replace("\napps:\n", f"\napps:\n{apps}", 1)

    def start_gateway(self):
        self.gateway_process = self.start(
            BINARY, "serve", "--config", self.folder / "config.yaml", "--providers", self.folder / "providers")
        self.wait(f"http://{self.gateway}/readyz")

    def stop_gateway(self):
        self.gateway_process.terminate()
        self.gateway_process.wait(LIMIT)
        self.processes.remove(self.gateway_process)

    def start(self, *command):
        process = subprocess.Popen([str(part) for part in command], stdout=self.log, stderr=self.log)
        self.processes.append(process)
        return process

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


class ShopTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        stack = contextlib.ExitStack()
        cls.addClassCleanup(stack.close)
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        cls.services = Services(folder)
        stack.callback(cls.services.stop)
        cls.browser = browser()
        stack.callback(cls.browser.quit)

    def reset(self):
        call("POST", f"http://{self.services.sandbox}/sandbox/reset")

    def setUp(self):
        self.reset()
        self.block([])
        self.network()
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

    def network(self, **conditions):
        """Chromium's simulated network; without arguments the real one."""
        self.browser.execute_cdp_cmd("Network.emulateNetworkConditions", {
            "offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1, **conditions})

    def open(self, app):
        self.browser.get(f"http://{self.services.shops[app]}/")

    def find(self, name):
        return self.browser.find_element(By.ID, name)

    def until(self, condition):
        return WebDriverWait(self.browser, LIMIT).until(lambda _: condition())

    def picture(self, name):
        self.browser.save_screenshot(str(SCREENSHOTS / f"{self._testMethodName}.{name}.png"))

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

    def assert_logged_in(self):
        self.assertEqual(self.message(), "已登录：138****0000")

    def assert_sms(self, text):
        """The login failed with this text, and the page offers SMS."""
        self.assertIn(text, self.message())
        self.assertTrue(self.find("sms").is_displayed())

    def assert_accessible(self):
        axe = Axe(self.browser)
        axe.inject()
        results = axe.run()
        serious = [f"{each['id']}: {each['help']}" for each in results["violations"]
                   if each["impact"] in ("serious", "critical")]
        self.assertEqual(serious, [])
