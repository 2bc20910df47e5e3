"""The example shop in a real browser, on a page of a phone's size: each way a login can end is shown in words."""

import contextlib
import json
import sys
import unittest

from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from harness import LIMIT, LOGIN_PATH, NUMBER, ShopTest, call
from interruptions import Interruptions
from pages import AuthorisationPages
from verification import Verification

__all__ = ["AuthorisationPages", "Interruptions", "Shop", "Verification"]


class Shop(ShopTest):
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
