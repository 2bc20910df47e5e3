"""The types of China Mobile's authorisation page, as the SDK of the sandbox draws them."""

from selenium.webdriver.common.by import By

from harness import ShopTest


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

    def test_a_user_who_leaves_the_custom_page_is_offered_sms(self):
        self.open("custom-page")
        self.tap("login")
        self.wait("numgate-sandbox-close")
        self.tap("numgate-sandbox-close")
        self.assert_sms("")
        self.assertNotEqual(self.message(), "")

    # MARK: A pop-up without a mask: the button is in the page (China Mobile's document, 3.5.1)

    def open_pop_up(self):
        self.open("embedded")
        self.tap("login")
        self.until(lambda: self.find("confirm").is_displayed())

    def enter(self, digits):
        self.find("numgate-sandbox-digits").send_keys(digits)
        self.tap("numgate-sandbox-agree")
        self.picture("page")
        self.tap("confirm")

    def test_the_button_of_the_page_completes_the_pop_up_without_a_mask(self):
        self.open_pop_up()
        self.assertEqual(self.browser.find_elements(By.ID, "numgate-sandbox-submit"), [])
        self.enter("0000")
        self.assert_logged_in()
        self.assertFalse(self.find("confirm").is_displayed())
        self.assertEqual(self.find("ydrzCustomControls").text, "")

    def test_the_pop_up_without_a_mask_fills_its_element_and_covers_nothing(self):
        self.open_pop_up()
        self.picture("page")
        rectangle = self.find("ydrzCustomControls").rect
        self.assertEqual(round(rectangle["height"]), 240)
        pop_up = self.browser.find_element(By.CSS_SELECTOR, "#ydrzCustomControls > [role=group]").rect
        self.assertEqual(pop_up, rectangle)
        self.assertGreaterEqual(self.find("confirm").rect["y"], rectangle["y"] + rectangle["height"])
        self.assert_accessible()

    def test_an_incomplete_entry_in_the_pop_up_without_a_mask_can_be_completed(self):
        self.open_pop_up()
        self.tap("confirm")
        self.until(lambda: "同意" in self.browser.find_element(By.CSS_SELECTOR, "#ydrzCustomControls p").text)
        self.assertTrue(self.find("confirm").is_displayed())
        self.enter("0000")
        self.assert_logged_in()

    def test_another_number_in_the_pop_up_without_a_mask_is_refused(self):
        self.open_pop_up()
        self.enter("9999")
        self.assertIn("不是", self.message())
        self.assertFalse(self.find("confirm").is_displayed())

    def test_a_user_who_closes_the_pop_up_without_a_mask_can_log_in_again(self):
        self.open_pop_up()
        self.tap("numgate-sandbox-close")
        self.assert_sms("")
        self.assertFalse(self.find("confirm").is_displayed())
        self.tap("login")
        self.until(lambda: self.find("confirm").is_displayed())
        self.enter("0000")
        self.assert_logged_in()
