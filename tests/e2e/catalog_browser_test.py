#!/usr/bin/env python3
"""The catalogue in a real Chromium: axe-core finds nothing serious on any kind of page, light or dark, wide or narrow;
search finds a product by a column's word; the keyboard reaches it. Without a Chromium it says so and ends with 77."""

import json
import os
import pathlib
import shutil
import sys

import catalog_mesh
import chromium
from mesh_runner import ROOT, Checks, binary_of_command_line, temporary

AXE = ROOT / "tests" / "third_party" / "axe-core" / "axe.min.js"
PAGES = ["index.html", "domains/sales.html", "domains/finance.html", "products/sales/orders-1.html",
         "products/sales/customers-1.html", "ports/sales/orders-1/orders.html", "ports/sales/customers-1/customers.html",
         "ports/sales/customers-1/odd.html"]
AXE_RUN = """axe.run(document, {resultTypes: ['violations']}).then((found) => ({
  held: found.passes.map((rule) => rule.id),
  broken: found.violations.map((v) => ({rule: v.id, impact: v.impact, help: v.help, nodes: v.nodes.map((n) => n.html.slice(0, 200))})),
}))"""


def accessible(checks, browser, site):
    axe = AXE.read_text(encoding="utf-8")
    for scheme in ("light", "dark"):
        for page in PAGES:
            browser.scheme(scheme)
            browser.width(1200)
            browser.open(site / page)
            browser.evaluate(axe + "; 0")
            if page == "index.html":
                search(browser, "orders")
            found = browser.evaluate(AXE_RUN)
            checks.that({"color-contrast", "document-title", "link-name"} <= set(found["held"]), f"{page} ({scheme}) was looked at", found)
            serious = [v for v in found["broken"] if v["impact"] in ("serious", "critical")]
            checks.equal(serious, [], f"{page} ({scheme}): no serious finding")
            back = browser.evaluate("getComputedStyle(document.body).backgroundColor")
            checks.equal(back == "rgb(255, 255, 255)", scheme == "light", f"{page} is {scheme} ({back})")


def on_a_phone(checks, browser, site):
    browser.width(360)
    for page in PAGES:
        browser.open(site / page)
        wide = browser.evaluate("document.scrollingElement.scrollWidth")
        checks.that(wide <= 360, f"{page} fits a phone, {wide} of 360")
    browser.width(1200)


def search(browser, words):
    browser.evaluate("document.getElementById('search').focus(); document.getElementById('search').select()")
    browser.type(words)
    return browser.evaluate("[...document.querySelectorAll('#results li')].map((li) => li.innerText)")


def searched(checks, browser, site):
    browser.open(site / "index.html")
    hits = search(browser, "loyalty")
    checks.that(len(hits) == 1 and "sales/customers@1" in hits[0] and "LOYALTY_TIER" in hits[0], "a column's word finds its product", hits)
    checks.equal(browser.evaluate("document.getElementById('status').textContent"), "1 found", "how many is said")
    checks.that(any("sales/orders@2" in hit for hit in search(browser, "SALES-DATA days")), "owner and description count together")
    checks.that(any("sales/orders@1" in hit for hit in search(browser, "revenue")), "so do tags")
    checks.equal(search(browser, "loyalty nonsense"), [], "every word must be found")
    # The hits of hostile text are text.
    hits = search(browser, "hacked")
    checks.that(len(hits) == 1 and "<script>" in hits[0], "hostile text is found as it is written", hits)
    checks.equal(browser.evaluate("typeof window.hacked"), "undefined", "and runs nowhere")
    checks.equal(browser.complaints(), [], "nothing went wrong in the page")
    foreign = [url for url in browser.requested() if not url.startswith("file:")]
    checks.equal(foreign, [], "nothing is fetched from elsewhere")


def focused(browser):
    return browser.evaluate("document.activeElement.id || document.activeElement.innerText")


def by_keyboard(checks, browser, site):
    browser.open(site / "index.html")
    browser.press("Tab", 9)
    checks.equal(focused(browser), "To the content", "the first stop leads past the header")
    browser.press("/", 191, "/")
    checks.equal(focused(browser), "search", "/ goes to the search")
    browser.type("loyalty")
    browser.press("ArrowDown", 40)
    checks.equal(focused(browser), "sales/customers@1", "an arrow goes to what was found")
    browser.press("ArrowUp", 38)
    checks.equal(focused(browser), "search", "and back")
    browser.press("Tab", 9)
    checks.equal(focused(browser), "sales/customers@1", "so does the tabulator")
    browser.events.clear()
    browser.press("Enter", 13, "\r")
    browser.wait("Page.loadEventFired")
    checks.that(browser.evaluate("location.pathname").endswith("/ports/sales/customers-1/customers.html"), "Enter opens it")
    checks.that("Gold or silver" in browser.evaluate("document.body.innerText"), "its contract is there")


def in_the_picture(checks, browser, site):
    browser.open(site / "ports/sales/orders-1/orders.html")
    boxes = browser.evaluate("[...document.querySelectorAll('svg.lineage rect')].map((r) => r.getBoundingClientRect().toJSON())")
    apart = all(a["right"] <= b["left"] or b["right"] <= a["left"] or a["bottom"] <= b["top"] or b["bottom"] <= a["top"]
                for i, a in enumerate(boxes) for b in boxes[:i])
    checks.that(len(boxes) == 4 and apart, "source, view, port and consumer stand apart", boxes)
    inside = browser.evaluate("""[...document.querySelectorAll('svg.lineage g')].flatMap((g) => {
      const box = g.querySelector('rect').getBoundingClientRect();
      return [...g.querySelectorAll('text')].filter((t) => t.getBoundingClientRect().right > box.right).map((t) => t.textContent);
    })""")
    checks.equal(inside, [], "every text stays in its box")
    columns = browser.evaluate("document.querySelectorAll('svg.lineage path.column').length")
    checks.equal(columns, 2, "ORDER_ID and TOTAL are joined with what they are made of")
    browser.events.clear()
    browser.evaluate("document.querySelector('svg.lineage a')"
                     ".dispatchEvent(new MouseEvent('click', {bubbles: true, cancelable: true, view: window}))")
    browser.wait("Page.loadEventFired")
    checks.that(browser.evaluate("location.pathname").endswith(("/domains/sales.html", "/domains/finance.html")), "a box leads to its page")


def quickly(checks, browser, site, folder):
    """2,000 ports of 20 columns: what is typed is answered before the next letter."""
    large = pathlib.Path(folder) / "large"
    shutil.copytree(site, large)
    names = ["AMOUNT", "CUSTOMER", "REGION", "CREATED", "STATUS"]
    entries = [["port", f"domain{n % 20}/product{n}@1", "index.html", f"domain{n % 20} team{n % 20} t@acme.example",
                f"DOMAIN{n % 20}.SCHEMA.TABLE{n}", " ".join(f"{names[c % 5]}_{c}" for c in range(20)),
                f"Product number {n}, with a description as long as people write them"] for n in range(2000)]
    entries[1234][5] += " ZEBRA_STRIPES"
    (large / "index.js").write_text(f"window.meshIndex = {json.dumps(entries)};\n", encoding="utf-8")
    browser.open(large / "index.html")
    times = browser.evaluate("""(() => {
      const input = document.getElementById('search'), times = [];
      for (const text of ['z', 'ze', 'zeb', 'zebra', 'a', 'am', 'amount', 'amount product 12', 'team7 region']) {
        const before = performance.now();
        input.value = text;
        input.dispatchEvent(new Event('input'));
        document.getElementById('results').getBoundingClientRect();
        times.push(Math.round(performance.now() - before));
      }
      return times;
    })()""")
    print(f"search in 2,000 ports of 20 columns, milliseconds a letter: {times}")
    checks.that(max(times[1:]) < 300, "each letter is answered while one types", times)
    checks.that("product1234@1" in search(browser, "zebra")[0], "the one among 2,000 is found")


def main():
    binary = binary_of_command_line()
    program = chromium.find()
    if program is None:
        print("no Chromium here; scripts/install-deps --browser installs it")
        sys.exit(77)
    checks = Checks()
    with temporary() as folder:
        mesh = catalog_mesh.make(binary, folder)
        site = pathlib.Path(folder) / "site"
        mesh.run("catalog", "-o", site)
        with chromium.Chromium(program) as browser:
            for name, scenario in (("accessible", accessible), ("on a phone", on_a_phone), ("searched", searched),
                                   ("by keyboard", by_keyboard), ("in the picture", in_the_picture)):
                checks.scenario(name, scenario, checks, browser, site)
            checks.scenario("quickly", quickly, checks, browser, site, folder)
            if "MESH_PICTURES" in os.environ:  # a folder to put screenshots of every kind of page into
                for page in PAGES:
                    browser.open(site / page)
                    browser.picture(pathlib.Path(os.environ["MESH_PICTURES"]) / (page.replace("/", "_") + ".png"))
    sys.exit(checks.report())


if __name__ == "__main__":
    main()
