"""Measures the time from the tap to the token in the example shop, with an SDK that calls back at once.

`session` is the request of the session through the backend, `client` is Numgate.login() without the SDK's own time. The
first attempt on a page also loads the script of the SDK from the sandbox, without a cache."""

import statistics
import tempfile

from harness import LIMIT, Services, browser
from selenium.webdriver.support.ui import WebDriverWait

RUNS = 40
# Replaces the function of the sandbox's SDK that waits for the user, and records the times of each attempt.
IMMEDIATE = """
    let sdk;
    Object.defineProperty(window, 'YDRZAuthLogin', {
      get: () => sdk,
      set(loaded) {
        const result = { code: '103000', token: 'token', userInformation: 'information' };
        sdk = Object.assign({}, loaded, { getTokenInfo: request => request.success(result) });
      },
    });
    addEventListener('DOMContentLoaded', () => {
      const send = window.fetch, login = Numgate.login, times = window.times = {};
      window.fetch = (url, options) => url === '/api/login'
        ? Promise.resolve(new Response('{"masked": ""}')) : send(url, options);
      addEventListener('click', () => { delete times.token; times.tap = performance.now(); }, true);
      Numgate.login = async options => {
        times.session = performance.now();
        const body = await login(options);
        times.token = performance.now();
        return body;
      };
    });
"""


def attempt(page):
    page.execute_script("document.getElementById('login').click()")
    times = WebDriverWait(page, LIMIT, 0.01).until(lambda _: page.execute_script(
        "return !document.getElementById('login').disabled && window.times.token && window.times"))
    return times["session"] - times["tap"], times["token"] - times["session"], times["token"] - times["tap"]


def report(name, attempts):
    for part, values in zip(("session", "client", "sum"), zip(*attempts)):
        print(f"{name:6} {part:8} median {statistics.median(values):5.1f} ms,"
              f" range {min(values):5.1f} to {max(values):5.1f} ms, {len(values)} runs")


def main():
    with tempfile.TemporaryDirectory() as folder:
        services = Services(folder)
        page = browser()
        try:
            page.execute_cdp_cmd("Network.enable", {})
            page.execute_cdp_cmd("Network.setCacheDisabled", {"cacheDisabled": True})
            page.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": IMMEDIATE})
            first, later = [], []
            for _ in range(RUNS):
                page.get(f"http://{services.shop}/")
                first.append(attempt(page))
                later.append(attempt(page))
        finally:
            page.quit()
            services.stop()
    report("first", first)
    report("later", later)


if __name__ == "__main__":
    main()
