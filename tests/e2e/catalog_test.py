#!/usr/bin/env python3
"""What is drawn, written and started from manifests alone: `mesh graph`, `mesh codeowners`, `mesh new`, and the pages of
`mesh catalog` without a browser: every link leads somewhere, hostile names stay text."""

import html.parser
import json
import pathlib
import re
import shutil
import subprocess
import sys
import urllib.parse

import catalog_mesh
from catalog_mesh import HOSTILE, day
from mesh_runner import DONE, REFUSED, ROOT, USAGE, VIOLATED, Checks, Mesh, binary_of_command_line, temporary


# --- graph

def graph(checks, binary, folder):
    mesh = catalog_mesh.make(binary, folder)
    drawn = mesh.run("graph", "--format", "json").json()
    nodes = {n["id"]: n for n in drawn["nodes"]}
    edges = {(e["from"], e["kind"], e["to"]): e for e in drawn["edges"]}
    checks.equal((drawn["mesh"], drawn["environment"], drawn["date"]), ("acme", "prod", day(0)), "the graph says of what it is")
    for edge in (("table SALES.RAW.ORDER_LINES", "feeds", "view SALES.ORDERS.ORDERS"),
                 ("view SALES.ORDERS.ORDERS", "publishes", "port sales/orders/orders@1"),
                 ("port sales/orders/orders@1", "consumes", "role FINANCE_ANALYST")):
        checks.that(edge in edges, f"the graph has {edge}", sorted(edges))
    granted = edges.get(("port sales/orders/orders@1", "consumes", "role FINANCE_ANALYST"), {})
    checks.equal((granted.get("state"), granted.get("until")), ("granted", day(300)), "an agreement is drawn with its state and end")
    asked = edges.get(("port sales/customers/customers@1", "consumes", "role FINANCE_ANALYST"), {})
    checks.equal(asked.get("state"), "requested", "and so is a request")
    later = mesh.run("graph", "--format", "json", "--at", day(301)).json()
    states = {e["from"]: e.get("state") for e in later["edges"] if e["kind"] == "consumes"}
    checks.equal(states.get("port sales/orders/orders@1"), "expired", "--at sees the agreement end")
    ends = {e[k] for e in drawn["edges"] for k in ("from", "to")} | {n["parent"] for n in drawn["nodes"] if "parent" in n}
    checks.equal(sorted(ends - set(nodes)), [], "every edge and parent is a node")
    checks.equal(nodes["product sales/orders@1"]["status"], "deprecated", "products have their status")
    checks.equal(nodes["table SALES.RAW.ORDER_LINES"]["source"]["file"], "domains/sales/domain.yaml", "nodes have their place")
    finance = mesh.run("-d", "finance", "graph", "--format", "json").json()
    checks.that("table SALES.RAW.ORDER_LINES" not in {n["id"] for n in finance["nodes"]}
                and "port sales/orders/orders@1" in {n["id"] for n in finance["nodes"]},
                "of other domains than asked for only neighbours are drawn", [n["id"] for n in finance["nodes"]])

    dot = mesh.run("graph", "--format", "dot")
    checks.equal(dot.out, mesh.run("graph").out, "without a format it is dot")
    strings = re.sub(r'"(?:[^"\\]|\\.)*"', "S", dot.out)
    checks.that('"' not in strings and "<" not in strings and strings.count("{") == strings.count("}"),
                "dot's texts are closed, hostile ones too", dot.out)
    if shutil.which("dot"):
        done = subprocess.run(["dot", "-Tsvg"], input=dot.out, capture_output=True, text=True, check=False)
        checks.equal((done.returncode, done.stderr), (0, ""), "Graphviz reads it")
    mermaid = mesh.run("graph", "--format", "mermaid").out
    checks.that(mermaid.startswith("flowchart LR\n"), "mermaid begins as a flowchart", mermaid)
    texts = re.findall(r'"([^"]*)"', mermaid)
    checks.that(not any(set(t) & set("<>&`[]{}|\\") for t in texts) and any("#60;b#62;odd" in t for t in texts),
                "mermaid's texts hold no mark of its language", mermaid)
    checks.equal(mesh.run("graph", "--format", "csv", expect=None).code, USAGE, "it has no other form")
    checks.equal(mesh.run("graph", "--at", "soon", expect=None).code, USAGE, "a date must be one")


# --- codeowners

OWNERS = """\
*                  @acme/platform-crew
/domains/finance/  @acme/finance-data
/domains/sales/    @acme/sales-data
/governance/       @acme/governance
/platform/         @acme/platform-crew
"""


def codeowners(checks, binary, folder):
    mesh = catalog_mesh.make(binary, folder)
    shown = mesh.run("codeowners").out
    rows = "".join(line + "\n" for line in shown.splitlines() if not line.startswith("#"))
    checks.equal(rows, OWNERS, "each folder has its team; the last line that fits counts")
    missing = mesh.run("codeowners", "--check", expect=VIOLATED)
    checks.contains(missing.out, "+ /domains/sales/    @acme/sales-data", "without a file --check shows what is missing")
    where = mesh.folder / ".github" / "CODEOWNERS"
    mesh.run("codeowners", "-o", where)
    checks.equal(where.read_text(), shown, "-o writes what is shown")
    mesh.run("codeowners", "--check", expect=DONE)
    where.write_text(shown.replace("@acme/sales-data", "@acme/somebody"))
    drifted = mesh.run("codeowners", "--check", expect=VIOLATED)
    checks.equal(drifted.out.splitlines()[2:], ["- /domains/sales/    @acme/somebody", "+ /domains/sales/    @acme/sales-data"],
                 "--check shows the lines that differ and no other")
    checks.contains(mesh.run("codeowners", "--org", "other").out, "@other/sales-data", "--org names the organization")
    # A mesh below the repository's folder owns that folder only, and GitHub looks in the repository's.
    (mesh.folder.parent / ".git").mkdir()
    below = mesh.run("codeowners").out
    checks.contains(below, "\n/mesh/ ", "below a repository everything else is the mesh's folder")
    checks.contains(below, "\n/mesh/domains/sales/ ", "and domains are found from the repository's")


# --- new

def valid(checks, mesh, what):
    run = mesh.run("validate", expect=None)
    checks.equal((run.code, "error" in run.out + run.err), (DONE, False), f"valid after {what}: {run}")


def new(checks, binary, folder):
    mesh = catalog_mesh.make(binary, folder)
    made = mesh.run("new", "domain", "marketing")
    checks.equal(made.out, "made domains/marketing/domain.yaml\nadded to mesh.yaml\n", "a domain is a folder and a line")
    lines = mesh.read("mesh.yaml").splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("  marketing:"))
    checks.that(lines[at - 1].startswith("  finance:") and lines[at + 1] == "" and len(lines) == len(catalog_mesh.MESH_FILE.splitlines()) + 1,
                "its line stands behind the others', and nothing else changed", mesh.read("mesh.yaml"))
    valid(checks, mesh, "new domain")
    again = mesh.run("new", "domain", "marketing", expect=REFUSED)
    checks.contains(again.err, "domain marketing already", "what is there is not made again")

    run = mesh.run("new", "product", "marketing/campaigns")
    text = mesh.read("domains/marketing/products/campaigns.yaml")
    checks.contains(text, "objects: [table MARKETING.CAMPAIGNS_V1.CAMPAIGNS]", "what the domain has not is declared with the product")
    checks.contains(run.err, "domains/marketing/products/campaigns.yaml", "it says what to do next")
    valid(checks, mesh, "new product")
    mesh.write("domains/marketing/products/other.yaml", "# taken\n")
    checks.contains(mesh.run("new", "product", "marketing/other", expect=REFUSED).err, "exists already", "no file is overwritten")
    checks.equal(mesh.read("domains/marketing/products/other.yaml"), "# taken\n", "not even a comment")

    mesh.run("new", "product", "sales/order-lines")
    text = mesh.read("domains/sales/products/order-lines.yaml")
    checks.contains(text, "objects: [table SALES.RAW.ORDER_LINES]", "what is called so is taken")
    checks.contains(text, "ORDER_LINES_READER", "its reader is new")
    valid(checks, mesh, "new product of what there is")
    checks.contains(mesh.run("new", "product", "sale/x", expect=USAGE).err, "did you mean sales?", "the nearest domain is told")

    mesh.run("new", "port", "marketing/campaigns/costs", "--object", "table MARKETING.CAMPAIGNS_V1.CAMPAIGNS")
    checks.contains(mesh.read("domains/marketing/products/campaigns.yaml"), "      costs:\n", "a port stands in its product")
    valid(checks, mesh, "new port")
    checks.contains(mesh.run("new", "port", "marketing/campaigns/nothing", expect=USAGE).err, "--object",
                    "what a port shall publish must be told where nothing is called so")
    before = mesh.read("domains/marketing/products/campaigns.yaml")
    wrong = mesh.run("new", "port", "marketing/campaigns/stolen", "--object", "table SALES.RAW.CUSTOMERS", expect=None)
    checks.that(wrong.code == VIOLATED and mesh.read("domains/marketing/products/campaigns.yaml") == before
                and not (mesh.folder / "domains/marketing/products/campaigns-stolen.yaml").exists(),
                "what would not be valid is taken back", wrong)

    run = mesh.run("-d", "finance", "new", "access", "sales/orders@2")
    text = mesh.read("domains/finance/consumes/sales-orders-2.yaml")
    checks.contains(text, "as: role FINANCE_ANALYST", "the domain's only role asks")
    checks.contains(text, f"until: {day(365)}", "for a year")
    checks.contains(run.err, "- {domain: finance, port: orders@2, as: role FINANCE_ANALYST", "the provider's line is shown")
    checks.contains(run.err, "domains/sales/products.yaml", "with its file")
    valid(checks, mesh, "new access")
    near = mesh.run("-d", "finance", "new", "access", "sales/order@2", expect=USAGE)
    checks.contains(near.err, "did you mean sales/orders@2?", "the nearest port is told")
    checks.contains(mesh.run("new", "access", "sales/orders@2", expect=USAGE).err, "-d DOMAIN", "who asks must be told")
    checks.contains(mesh.run("-d", "sales", "new", "access", "sales/orders@2", expect=USAGE).err, "own", "nobody asks himself")
    # In an environment with a suffix the files are the same.
    mesh.run("-e", "dev", "new", "product", "sales/customers2", "--object", "table SALES.RAW.CUSTOMERS")
    checks.that("_DEV" not in mesh.read("domains/sales/products/customers2.yaml"), "manifests show names without the suffix")
    valid(checks, mesh, "new product in another environment")


# --- catalog

class Page(html.parser.HTMLParser):
    """A page as a browser would take it: its links, ids, text, and whether every element is closed in order."""

    VOID = {"meta", "link", "input", "br", "hr", "img"}

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.links, self.ids, self.words, self.scripts, self.open, self.wrong, self.elements = [], [], [], [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.elements.append(tag)
        if tag not in self.VOID:
            self.open.append(tag)
        if "id" in attributes:
            self.ids.append(attributes["id"])
        for name in ("href", "src"):
            if name in attributes:
                self.links.append(attributes[name])
        if any(name.startswith("on") or name == "style" for name in attributes):
            self.wrong.append(f"<{tag}> has {attributes}")

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> closes nothing")

    def handle_data(self, data):
        if self.open and self.open[-1] == "script" and data.strip():
            self.wrong.append("a script stands in the page")
        self.words.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


def read_site(site):
    return {path.relative_to(site).as_posix(): Page(path.read_text(encoding="utf-8")) for path in site.rglob("*.html")}


def dead_links(site, pages):
    dead = []
    for name, page in pages.items():
        for link in page.links:
            if link.startswith("mailto:"):
                continue
            if re.match(r"[a-z]+:|//|/", link):
                dead.append(f"{name}: {link} leads out of the site")
                continue
            target, _, fragment = link.partition("#")
            path = pathlib.Path(name).parent / urllib.parse.unquote(target) if target else pathlib.Path(name)
            resolved = (site / path).resolve()
            if not resolved.is_file():
                dead.append(f"{name}: {link}")
            elif fragment and fragment not in pages[resolved.relative_to(site.resolve()).as_posix()].ids:
                dead.append(f"{name}: {link} has no such place")
    return dead


def search_entries(site):
    text = (site / "index.js").read_text(encoding="utf-8")
    return json.loads(text[len("window.meshIndex = "):text.rindex(";")])


def catalog(checks, binary, folder):
    mesh = catalog_mesh.make(binary, folder)
    site = pathlib.Path(folder) / "site"
    mesh.run("catalog", "-o", site)
    pages = read_site(site)
    expected = {"index.html", "domains/sales.html", "domains/finance.html", "domains/governance.html", "domains/platform.html",
                "products/sales/orders-1.html", "products/sales/orders-2.html", "products/sales/customers-1.html",
                "ports/sales/orders-1/orders.html", "ports/sales/orders-2/orders.html",
                "ports/sales/customers-1/customers.html", "ports/sales/customers-1/odd.html"}
    checks.equal(sorted(pages), sorted(expected), "a page for each domain, product and port")
    checks.equal(dead_links(site, pages), [], "every link leads somewhere inside the site")
    reached, todo = set(), ["index.html"]
    while todo:
        name = todo.pop()
        if name in reached:
            continue
        reached.add(name)
        for link in pages[name].links:
            if link.endswith(".html"):
                todo.append((site / pathlib.Path(name).parent / link).resolve().relative_to(site.resolve()).as_posix())
    checks.equal(sorted(expected - reached), [], "every page is reached from the first, without a script")
    for name, page in pages.items():
        checks.equal((page.wrong, page.open), ([], []), f"{name} is closed, and holds neither scripts nor styles of its own")
        checks.that(page.elements.count("h1") == 1 and page.elements.count("title") >= 1, f"{name} has one heading and a title")

    port = pages["ports/sales/orders-1/orders.html"].text
    for part in ("deprecated", "Gone after 2099-12-31", "Use sales/orders@2 instead", "sales-data@acme.example",
                 "consumes: - port: sales/orders@1 as: role YOUR_ROLE", "SELECT ORDER_ID, TOTAL FROM SALES.ORDERS.ORDERS LIMIT 100;",
                 "view SALES.ORDERS.ORDERS reads table SALES.RAW.ORDER_LINES",
                 "TOTAL is made of SALES.RAW.ORDER_LINES.PRICE", "revenue reporting", f"granted {day(300)}"):
        checks.contains(port, part, "the port's page")
    daily = pages["ports/sales/orders-2/orders.html"].text
    for part in ("WHO SALES.ORDERS.CUSTOMERS_OF_ORDERS.EMAIL GOVERNANCE.TAGS.PII=email", "DAY SALES.RAW.ORDER_LINES.SHIPPED_ON",
                 "view SALES.ORDERS.CUSTOMERS_OF_ORDERS reads table SALES.RAW.CUSTOMERS, table SALES.RAW.ORDER_LINES"):
        checks.contains(daily, part, "a view of a view shows the class of what it is made of")
    checks.that("products/sales/orders-2.html" in pages["index.html"].links, "a few products stand on the first page")
    customers = pages["ports/sales/customers-1/customers.html"].text
    for part in ("LOYALTY_TIER", "VARCHAR(16777216)", "Gold or silver", "GOVERNANCE.TAGS.PII=email restricted", "primary key",
                 "From domains/sales/contracts/customers.odcs.yaml.", "latency 4 h",
                 "requested", "who owes <money>"):
        checks.contains(customers, part, "the contract's page")
    for part in ("Columns with a description 75 % (3 of 4)", "Columns with a class or tag 25 % (1 of 4)",
                 "Products with a description 100 % (3 of 3)", "written contracts 0 % (0 of 3)"):
        checks.contains(pages["domains/sales.html"].text, part, "the scorecard")
    checks.that(pages["products/sales/orders-1.html"].text.count("2.0.0 (active)") == 1, "versions stand beside each other")
    odd = pages["ports/sales/customers-1/odd.html"]
    checks.contains(odd.text, "</script><script>window.hacked=1</script>", "hostile text is text")
    checks.that("img" not in odd.elements and "b" not in odd.elements and "i" not in odd.elements and "script" not in odd.elements,
                "and no element", odd.elements)
    script = (site / "index.js").read_text(encoding="utf-8")
    checks.that("<" not in script, "nor in the search's data")
    entries = search_entries(site)
    found = [e for e in entries if "LOYALTY_TIER" in e[5].split(" ")]
    checks.equal([(e[0], e[1], e[2]) for e in found], [("port", "sales/customers@1", "ports/sales/customers-1/customers.html")],
                 "a column's word leads to its port")
    checks.that(any(HOSTILE[:20] in e[6] for e in entries), "the description is searched as it is written")

    first = {p.relative_to(site): p.read_bytes() for p in site.rglob("*") if p.is_file()}
    mesh.replace("domains/sales/products.yaml", "      odd: {", "      other: {")
    mesh.run("catalog", "-o", site)
    checks.that(not (site / "ports/sales/customers-1/odd.html").exists() and (site / "ports/sales/customers-1/other.html").exists(),
                "what is no longer published is taken out of the site")
    mesh.replace("domains/sales/products.yaml", "      other: {", "      odd: {")
    mesh.run("catalog", "-o", site)
    again = {p.relative_to(site): p.read_bytes() for p in site.rglob("*") if p.is_file()}
    checks.that(first == again, "the same manifests give the same bytes")
    full = pathlib.Path(folder) / "full"
    full.mkdir()
    (full / "thesis.txt").write_text("mine")
    checks.contains(mesh.run("catalog", "-o", full, expect=REFUSED).err, "holds other files", "a folder with other things is left alone")
    checks.equal(mesh.run("catalog", expect=None).code, USAGE, "it must be told where to")
    dev = pathlib.Path(folder) / "dev"
    mesh.run("-e", "dev", "catalog", "-o", dev)
    text = read_site(dev)["ports/sales/orders-1/orders.html"].text
    checks.that("FROM SALES_DEV.ORDERS.ORDERS" in text and "reads table SALES_DEV.RAW.ORDER_LINES" in text,
                "queries name what is in the environment", text)


def live(checks, binary, folder):
    """What the account says, where it is asked."""
    mesh = catalog_mesh.make(binary, folder)
    mesh.replace("governance/domain.yaml", "  GOVERNANCE:\n    schemas:\n      TAGS:\n", "  GOVERNANCE:\n    grants: {SALES_DEPLOY: [USAGE]}\n"
                 "    schemas:\n      TAGS:\n        grants: {SALES_DEPLOY: [USAGE]}\n")
    mesh.bootstrap()
    mesh.apply("-d", "governance", "-d", "sales")
    mesh.sql("INSERT INTO SALES.RAW.CUSTOMERS (CUSTOMER_ID) VALUES (1), (2), (3)")
    site = pathlib.Path(folder) / "site"
    mesh.run("catalog", "-o", site)
    checks.that("In the account" not in read_site(site)["ports/sales/orders-1/orders.html"].text, "without --live nothing is asked")
    mesh.run("catalog", "--live", "-o", site)
    pages = read_site(site)
    checks.equal(dead_links(site, pages), [], "no dead link")
    page = pages["ports/sales/orders-1/orders.html"].text
    checks.that(re.search(r"In the account .* view SALES.ORDERS.ORDERS yes - - \d{4}-\d\d-\d\d ", page), "a view that is there", page)
    table = pages["ports/sales/customers-1/customers.html"].text
    checks.that(re.search(r"table SALES.RAW.CUSTOMERS yes 3 512 bytes \d{4}-", table), "a table with its rows and size", table)
    checks.that(re.search(r"Last applied \d{4}-\d\d-\d\d [^:]+:[^:]+:[^:]+: ", page), "the last run", page)
    checks.contains(page, "with what account ", "whom it was asked of")
    other = pages["domains/finance.html"].text
    checks.contains(other, "Last applied no run is known", "a domain that was never applied")
    mesh.sql("DROP VIEW SALES.ORDERS.ORDERS")
    mesh.run("catalog", "--live", "-o", site)
    checks.contains(read_site(site)["ports/sales/orders-1/orders.html"].text, "view SALES.ORDERS.ORDERS not seen", "what is gone is not seen")


def example(checks, binary, folder):
    """The mesh that comes with mesh: its CODEOWNERS is the one made, and its catalogue has no dead link."""
    mesh = Mesh(binary, f"{folder}/shop", f"{folder}/account.db")
    shutil.copytree(ROOT / "examples" / "shop", mesh.folder)
    checks.equal(mesh.run("codeowners", "--check", expect=None).code, DONE, "the example's CODEOWNERS is current")
    site = pathlib.Path(folder) / "site"
    mesh.run("catalog", "-o", site)
    pages = read_site(site)
    checks.that(len(pages) > 5 and dead_links(site, pages) == [], "the example's catalogue has no dead link", sorted(pages))


def main():
    binary = binary_of_command_line()
    checks = Checks()
    for name, scenario in (("graph", graph), ("codeowners", codeowners), ("new", new), ("catalog", catalog), ("live", live),
                           ("example", example)):
        with temporary() as folder:
            checks.scenario(name, scenario, checks, binary, folder)
    sys.exit(checks.report())


if __name__ == "__main__":
    main()
