"""The types of China Mobile's authorisation page, as the SDK of the sandbox draws them."""

from harness import ShopTest

# China Mobile's document (3.5.1): without a mask, `getTokenInfo` ends without a token, and the page calls
# `authGetTokenByLayer` after the entry. The SDK of the sandbox always shows its button, so this object replaces it.
SECOND_ENTRY = """
    const sdk = window.YDRZAuthLogin;
    let token;
    window.YDRZAuthLogin = Object.assign({}, sdk, {
      getTokenInfo(request) {
        token = new Promise((success, error) => sdk.getTokenInfo({ data: request.data, success, error }));
        const shown = setInterval(() => {
          const button = document.getElementById('numgate-sandbox-submit');
          if (!button) return;
          clearInterval(shown);
          button.style.display = 'none';
          request.success({ code: '103000', message: 'success' });
        }, 10);
      },
      authGetTokenByLayer(request) {
        token.then(request.success, request.error);
        document.getElementById('numgate-sandbox-submit').click();
      },
    });
"""


class AuthorisationPages(ShopTest):
    def log_in(self, app):
        self.open(app)
        self.tap("login")
        self.wait("numgate-sandbox-digits")
        self.picture("page")
        self.complete()
        self.assert_logged_in()

    def test_the_standard_page_logs_in(self):
        self.log_in("standard-page")

    def test_the_standard_pop_up_logs_in(self):
        self.log_in("standard-pop-up")

    def test_the_custom_page_logs_in(self):
        self.log_in("custom-page")

    def test_the_pop_up_without_a_mask_logs_in(self):
        self.log_in("embedded")

    def test_a_user_who_leaves_the_custom_page_is_offered_sms(self):
        self.open("custom-page")
        self.tap("login")
        self.wait("numgate-sandbox-close")
        self.tap("numgate-sandbox-close")
        self.assert_sms("")
        self.assertNotEqual(self.message(), "")

    def prepare_second_entry(self):
        self.open("embedded")
        self.tap("login")
        self.wait("numgate-sandbox-close")
        self.tap("numgate-sandbox-close")
        self.message()
        self.browser.execute_script(SECOND_ENTRY)

    def enter(self, digits):
        self.tap("login")
        self.until(lambda: self.find("confirm").is_displayed())
        self.find("numgate-sandbox-digits").send_keys(digits)
        self.tap("numgate-sandbox-agree")
        self.picture("page")
        self.tap("confirm")

    def test_the_button_of_the_page_completes_the_pop_up_without_a_mask(self):
        self.prepare_second_entry()
        self.enter("0000")
        self.assert_logged_in()
        self.assertFalse(self.find("confirm").is_displayed())

    def test_another_number_in_the_pop_up_without_a_mask_is_refused(self):
        self.prepare_second_entry()
        self.enter("9999")
        self.assertIn("不是", self.message())
        self.assertFalse(self.find("confirm").is_displayed())
