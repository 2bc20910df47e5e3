"""Verification of a number with the SDK of Aliyun, as the sandbox simulates it."""

from harness import NUMBER, ShopTest, call


class Verification(ShopTest):
    def reset(self):
        # The gateway reuses the tokens of GetAuthToken; POST /sandbox/reset would delete them.
        self.phone()
        call("DELETE", f"http://{self.services.sandbox}/sandbox/requests")

    def verify(self, number):
        self.find("number").send_keys(number)
        self.tap("check")
        self.until(lambda: self.find("check").is_enabled())
        return self.find("message").text

    def test_a_number_is_the_number_of_this_phone(self):
        self.assertEqual(self.verify(NUMBER), "是本机号码。")

    def test_a_number_is_not_the_number_of_this_phone(self):
        self.assertEqual(self.verify("13900000000"), "不是本机号码。")

    def test_a_verification_on_wi_fi_asks_to_turn_it_off(self):
        self.phone(network="wifi")
        self.assertIn("请关闭 Wi-Fi", self.verify(NUMBER))

    def test_an_invalid_number_is_refused_in_words(self):
        self.assertEqual(self.verify("123"), "不是有效的手机号，或厂商不支持该国家或地区的号码。 请核对号码后再试一次。")

    def test_a_verification_without_a_token_is_a_failure(self):
        self.phone(script="empty-token")
        self.assertEqual(self.verify(NUMBER), "认证失败。 请改用短信验证码登录。")

    def test_a_second_callback_of_a_verification_has_no_effect(self):
        self.phone(script="twice")
        self.assertEqual(self.verify(NUMBER), "是本机号码。")
