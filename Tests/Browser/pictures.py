"""Makes the pictures of docs/auth-page.md: each one shows the block of YAML before it, drawn by numgate authpage preview."""

import pathlib
import re
import subprocess
import tempfile
import textwrap

from harness import BINARY, ROOT
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

PICTURE = re.compile(r"```yaml\n(.*?)```\n\n!\[[^\]]*\]\((images/auth-page-[\w-]+\.png)\)", re.DOTALL)
PAGE = re.compile(r"^ +page:\n.*", re.DOTALL | re.MULTILINE)


def browser():
    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                     "--window-size=800,1000"):
        options.add_argument(argument)
    return webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))


def configuration(page):
    """The repository's configuration with these options in place of those of the app `shop`."""
    text = (ROOT / "config.yaml").read_text()
    old = re.search(r"^      page:\n(?:        .*\n)+", text, re.MULTILINE).group(0)
    return text.replace(old, textwrap.indent(textwrap.dedent(page), "      "), 1)


def main():
    document = ROOT / "docs/auth-page.md"
    page = browser()
    try:
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            for block, picture in PICTURE.findall(document.read_text()):
                (folder / "config.yaml").write_text(configuration(PAGE.search(block).group(0)))
                subprocess.run(
                    [BINARY, "authpage", "preview", "--app", "shop", "--out", folder / "page.html",
                     "--config", folder / "config.yaml", "--providers", ROOT / "providers"],
                    check=True, stdout=subprocess.DEVNULL)
                page.get(f"file://{folder / 'page.html'}")
                # The size of a small phone, without the round corners.
                page.execute_script(
                    "Object.assign(document.getElementById('phone').style, {height: '640px', borderRadius: '0'})")
                path = document.parent / picture
                page.find_element(By.ID, "phone").screenshot(str(path))
                print(f"{picture}: {path.stat().st_size} bytes")
    finally:
        page.quit()


if __name__ == "__main__":
    main()
