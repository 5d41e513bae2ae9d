"""What mesh promises of faults, logins, kills, hostile input, laws and preflight: for each promise the smallest edit that
takes it away, and the tests that must fail then. `scripts/mutate` proves it by running; tests/e2e/mutants_test.py keeps
the table in step with the sources.
"""

import dataclasses
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]


@dataclasses.dataclass(frozen=True)
class Unit:
    """Test cases of the binary of one layer."""

    layer: str
    names: tuple

    longest_s = 300

    @property
    def target(self):
        return f"{self.layer}_test"

    def command(self, build):
        # Catch2 parts test specs by commas.
        spec = ",".join(name.replace(",", "\\,") for name in self.names)
        return [str(build / "tests" / self.target), spec]

    def environment(self):
        return {}

    def __str__(self):
        return f"{self.target} '{', '.join(self.names)}'"


@dataclasses.dataclass(frozen=True)
class Suite:
    """A script of tests/e2e: of those that know scenarios one alone, by MESH_SCENARIO; of diagnostics_test one case, by
    MESH_ONLY."""

    name: str
    scenario: str = ""
    arguments: tuple = ()
    only: str = ""

    target = "mesh"
    longest_s = 900

    @property
    def script(self):
        return ROOT / "tests" / "e2e" / f"{self.name}.py"

    def command(self, build):
        return ["python3", f"tests/e2e/{self.name}.py", str(build / "mesh"), *self.arguments]

    def environment(self):
        return {name: value for name, value in (("MESH_SCENARIO", self.scenario), ("MESH_ONLY", self.only)) if value}

    def __str__(self):
        return " ".join([self.name, *(f"'{part}'" for part in (self.scenario, self.only) if part), *self.arguments])


@dataclasses.dataclass(frozen=True)
class Mutant:
    """`old` stands exactly once in `file`; each of `tests` must fail once `new` stands there. The promise begins with its
    number: a point of the work on trust, or d and the number of a promise of the design."""

    name: str
    promise: str
    file: str
    old: str
    new: str
    tests: tuple


def unit(layer, *names):
    return Unit(layer, names)


def case(name):
    """One golden case of bad input."""
    return Suite("diagnostics_test", only=name)


def off(condition):
    """A statement `if (condition…` whose condition never holds."""
    return condition.replace("if (", "if (false && ", 1)


def without(name, promise, file, condition, *tests):
    """A guard that never bites: `condition` begins with `if (`."""
    return Mutant(name, promise, file, condition, off(condition), tests)


CLIENT = "src/snowflake/client.cpp"
TRANSPORT = "src/snowflake/transport.cpp"
SETTINGS = "src/snowflake/connection_settings.cpp"
TOKENS = "src/snowflake/token_source.cpp"
FILES = "src/snowflake/connection_files.cpp"
FAULT_REPLY = "src/sandbox/fault_reply.cpp"
WIRE = "src/sandbox/wire_api.cpp"
RUN = "src/apply/run.cpp"
LEASE = "src/apply/lease.cpp"
YAML = "src/yaml/parse.cpp"
LOAD = "src/manifest/load.cpp"
TOKEN = "src/sql/token.cpp"
WRITER = "src/sql/writer.cpp"
ORDER = "src/plan/order.cpp"
DOCTOR = "src/cli/cmd_doctor.cpp"
PREFLIGHT = "src/cli/preflight.cpp"

REPEATED = unit("snowflake", "passing faults are repeated under the same requestId with retry=true")
PRECEDENCE = unit("snowflake", "each value comes from the highest source that has it")
PERMISSIONS = unit("snowflake", "files that others may read or write are told")
PROXY = unit("snowflake", "a proxy of the environment leads to other hosts, and never sees the token")
BUDGET = unit("snowflake", "repeating ends with the budget, and the error says what is unknown")
TAKEN_AS_SAID = unit("snowflake", "each login is sent under the name of its kind")
LOST_AFTER = unit("sandbox", "wire faults: what is lost after the statement is answered from its result")
WITH_A_MESH = Suite("doctor_test", "with_a_mesh")
LITERALS = unit("sql", "literals hold any text")
FRAGMENTS = unit("sql", "fragments are checked for their place")
ORDERS = unit("plan", "an order is valid, and the same however its changes are shuffled")
SHORT_LAWS = Suite("laws_test", arguments=("--seeds", "2"))

CLIENT_UNDER_FIRE = (
    Mutant("retry-at-once", "1: retry=true on repetitions only", CLIENT,
           'step.failures > 0 ? "&retry=true" : ""', 'step.failures >= 0 ? "&retry=true" : ""',
           (unit("snowflake", "a statement is sent as documented and its rows come back"),)),
    Mutant("retry-never", "1: repetitions carry retry=true", CLIENT,
           'step.failures > 0 ? "&retry=true" : ""', 'step.failures > 1000 ? "&retry=true" : ""', (REPEATED,)),
    Mutant("request-id-anew", "1: a repetition keeps its requestId", CLIENT,
           "kPath, job.request_id, job.request.cancellable", "kPath, random_uuid(), job.request.cancellable", (REPEATED,)),
    Mutant("silent-re-send", "1: libcurl's own re-send of a POST is prevented", TRANSPORT,
           "curl_easy_setopt(easy, CURLOPT_READFUNCTION, give_body);",
           "curl_easy_setopt(easy, CURLOPT_READFUNCTION, give_body);\n"
           "  curl_easy_setopt(easy, CURLOPT_POSTFIELDS, exchange.request.body.c_str());",
           (unit("snowflake", "a reused connection that dies is repeated by us, not by libcurl"),)),
    Mutant("no-jitter", "1: backoff has full jitter", "src/snowflake/pace.cpp",
           "return scaled(std::min(most, cap), random);", "return scaled(std::min(most, cap), random < 2 ? 1 : 0);",
           (unit("snowflake", "retries wait anything up to a doubling, capped limit"),)),
    Mutant("no-growth", "1: backoff is exponential", "src/snowflake/pace.cpp", "most *= 2;", "most *= 1;",
           (unit("snowflake", "retries wait anything up to a doubling, capped limit"),)),
    Mutant("no-429", "1: 429 is repeated", "src/snowflake/refusals.cpp",
           "kPassing[] = {429, 500, 502, 503, 504}", "kPassing[] = {500, 502, 503, 504}", (REPEATED,)),
    Mutant("no-5xx", "1: 5xx are repeated", "src/snowflake/refusals.cpp",
           "kPassing[] = {429, 500, 502, 503, 504}", "kPassing[] = {429, 500}", (REPEATED,)),
    Mutant("no-broken", "1: connection faults are repeated", "src/snowflake/refusals.cpp",
           "case Fault::Broken:\n", "case Fault::Broken:\n      return false;\n", (REPEATED,)),
    Mutant("no-budget", "1: repetitions have a total budget", CLIENT,
           "now - step.first_failure + delay > budget(http);", "now - step.first_failure > budget(http);", (BUDGET,)),
    Mutant("429-with-handle", "1: 429 with a handle means still running", CLIENT,
           "step.kind == StepKind::Poll && http.status == 429 && has_handle",
           "step.kind == StepKind::Poll && http.status == 999 && has_handle",
           (unit("snowflake", "429 with a handle is waited for however long it lasts"),)),
    Mutant("unasked-202", "1: a 202 that nobody asked for is polled", CLIENT,
           "http.status == 202 && reply != nullptr", "http.status == 999 && reply != nullptr",
           (unit("snowflake", "an answer that nobody asked to be late is polled for"),)),
    Mutant("no-cancel", "1: Ctrl-C cancels what runs in Snowflake", CLIENT,
           "job.steps[0].kind = StepKind::Cancel;", "job.steps[0].kind = StepKind::Poll;",
           (unit("snowflake", "cancel_all cancels in Snowflake what has a handle and drops what waits"),)),
    Mutant("no-cancel-on-signal", "1: Ctrl-C cancels what runs", "src/cli/session.cpp",
           "client->cancel_all();", "static_cast<void>(client);", (Suite("races_test", "sql is cancelled"),)),
    Mutant("no-renewal", "1: 401 renews the token", CLIENT,
           "http.status == 401 && try_new_token", "http.status == 499 && try_new_token",
           (unit("snowflake", "401 renews the token once"),)),
    Mutant("renewal-for-ever", "1: 401 renews the token once", CLIENT,
           "if (step.renewed) return false;", "if (step.failures > 5) return false;",
           (unit("snowflake", "401 renews the token once"),)),
    Mutant("redirects-followed", "1: redirects are never followed", TRANSPORT,
           "CURLOPT_FOLLOWLOCATION, 0L", "CURLOPT_FOLLOWLOCATION, 1L", (Suite("security_test", "redirects_are_not_followed"),)),
    Mutant("redirects-of-github", "1: GitHub's redirects are not followed either", "src/snowflake/github_identity.cpp",
           "CURLOPT_FOLLOWLOCATION, 0L", "CURLOPT_FOLLOWLOCATION, 1L",
           (unit("snowflake", "what GitHub answers is bounded, not followed elsewhere, and refused with the way out"),)),
    Mutant("any-handle", "1: the token goes to one host and path only", CLIENT,
           "if (!is_handle(handle))\n    return finish(id, Failure<ServerError>{protocol_error(job, \"the server sent",
           "if (handle.empty())\n    return finish(id, Failure<ServerError>{protocol_error(job, \"the server sent",
           (unit("snowflake", "a handle that is none leads nowhere"),)),
    Mutant("plain-http", "1: no token in the clear", SETTINGS,
           'settings_.protocol == "http" && !is_loopback(', 'settings_.protocol == "http" && false && !is_loopback(',
           (unit("snowflake", "plain http is for this machine only"),)),
    Mutant("any-certificate", "1: the token goes to the host that it is for", TRANSPORT,
           "CURLOPT_SSL_VERIFYPEER, 1L", "CURLOPT_SSL_VERIFYPEER, 0L", (Suite("security_test", "certificates_are_checked"),)),
    Mutant("loopback-by-proxy", "1: loopback is exempt from proxies", TRANSPORT,
           'if (options.loopback) curl_easy', 'if (false && options.loopback) curl_easy',
           (unit("snowflake", "a proxy of the environment is not asked about this machine"),)),
    Mutant("no-proxy", "1: proxies as curl users expect", TRANSPORT,
           'if (options.loopback) curl_easy', 'if (true || options.loopback) curl_easy', (PROXY,)),
    Mutant("locked-keys", "1: encrypted PKCS#8 keys", "src/snowflake/jwt.cpp",
           "if (text.empty() || text.size()", "if (true || text.size()",
           (unit("snowflake", "an encrypted key needs its passphrase"),)),
    Mutant("oauth", "1: OAuth token", TOKENS, 'return "OAUTH";', 'return "KEYPAIR_JWT";', (TAKEN_AS_SAID,)),
    Mutant("access-token", "1: programmatic access token", TOKENS,
           'return "PROGRAMMATIC_ACCESS_TOKEN";', 'return "OAUTH";', (TAKEN_AS_SAID,)),
    Mutant("identity", "1: workload identity with GitHub's OIDC", TOKENS, '"WIF.{}.{}"', '"{}.{}"',
           (unit("snowflake", "GitHub's token is asked for as documented and sent as WIF.OIDC"),)),
    Mutant("no-audience", "1: GitHub is asked for Snowflake's audience", "src/snowflake/github_identity.cpp",
           '"{}{}audience={}"', '"{}{}aud={}"',
           (unit("snowflake", "GitHub's token is asked for as documented and sent as WIF.OIDC"),)),
    Mutant("no-connection-variables", "1: SNOWFLAKE_CONNECTIONS_<NAME>_<KEY>", SETTINGS,
           "rank) {\n  for (const auto& spelling : kSpellings) {\n", "rank) {\n  if (rank == kConnectionVariable) return;\n"
           "  for (const auto& spelling : kSpellings) {\n", (PRECEDENCE,)),
    Mutant("generic-first", "1: precedence: a file's value before SNOWFLAKE_<KEY>", SETTINGS,
           "settings_.name)), kConnectionVariable);\n",
           'settings_.name)), kConnectionVariable);\n  take_variables("SNOWFLAKE_", kGenericVariable);\n', (PRECEDENCE,)),
    Mutant("files-merged", "1: precedence: connections.toml replaces config.toml's", FILES,
           "files.connections = connections_of(**table, file.string());",
           "files.connections.merge(connections_of(**table, file.string()));",
           (unit("snowflake", "connections.toml replaces the connections of config.toml"),)),
    without("writable-files", "1: a file that others may write is refused", FILES,
            "if ((facts.st_mode & (S_IWGRP | S_IWOTH)) != 0) {", PERMISSIONS),
    without("readable-files", "1: a file that others may read is told", FILES,
            "if ((facts.st_mode & (S_IRGRP | S_IROTH)) != 0) {", PERMISSIONS),
    Mutant("repeats-long-texts", "1: what cannot be repeated safely is not", CLIENT,
           "kMostRepeatable = 1'000'000", "kMostRepeatable = 2'000'000",
           (unit("snowflake", "a text too long for Snowflake's history is not run a second time"),)),
    without("sure-of-itself", "1: an error says when the statement may have run", CLIENT,
            "if (is_submit && http.was_sent && http.status != 429) job.ambiguous = true;", BUDGET),
    Mutant("smaller-result", "d8: a partial read is an error", CLIENT,
           "if (announced && *announced != static_cast<int64_t>", "if (announced && *announced < 0 && *announced != static_cast<int64_t>",
           (unit("snowflake", "an incomplete result is an error, never a smaller one"),)),
    Mutant("answers-without-end", "4: memory is bounded on any server answer", TRANSPORT,
           "size * count > exchange.most_body)", "size * count > exchange.most_body * 1000)",
           (unit("snowflake", "an answer is bounded as it comes, as it inflates, and in time"),)),
)


def fault(name, kind, *tests):
    """The sandbox that does not play a fault."""
    return without(f"fault-{name}", f"2: {name}", FAULT_REPLY, f"if (*faulted.transport == FaultKind::{kind}", *tests)


FAULTS = (
    fault("reset-before", "ResetBefore", unit("sandbox", "wire faults: a reset before the statement leaves it to the repetition")),
    fault("reset-after", "ResetAfter", LOST_AFTER),
    fault("429", "Busy", unit("sandbox", "wire faults: too many requests, with and without a handle")),
    fault("503", "Unavailable", unit("sandbox", "wire faults: a gateway's timeout comes after the statement, 503 before")),
    fault("504", "GatewayTimeout", unit("sandbox", "wire faults: a gateway's timeout comes after the statement, 503 before")),
    fault("expired", "Expired", unit("sandbox", "wire faults: an expired token is refused as its type is")),
    fault("garbage", "Garbage", unit("sandbox", "wire faults: garbage is no answer and the statement has run")),
    fault("cut", "Cut", LOST_AFTER),
    fault("slow", "Slow", unit("sandbox", "wire faults: time is scaled")),
    Mutant("fault-long-202", "2: long 202", WIRE, "options_.latency + scaled(faulted.takes_longer_s)",
           "options_.latency + scaled(0 * faulted.takes_longer_s)",
           (unit("sandbox", "wire faults: time is scaled"),)),
    Mutant("fault-warehouse", "2: a warehouse that cannot start", WIRE,
           "warehouse_cannot_start = faulted.warehouse_fails;", "warehouse_cannot_start = false;",
           (unit("sandbox", "server: a warehouse that cannot start"),)),
    Mutant("fault-others", "2: a privilege lost, another actor's change between statements", WIRE,
           "  run_before(login, faulted);\n  if (split", "  if (split", (unit("sandbox", "wire faults: others act between statements"),)),
    Mutant("fault-burst", "2: bursts", "src/sandbox/fault.cpp", "hits_left_[index] = rule.burst - 1;", "hits_left_[index] = 0;",
           (unit("sandbox", "faults: by number, in bursts, and those of statements"),)),
    Mutant("fault-seed", "2: seeded schedules", "src/sandbox/fault.cpp",
           "fraction(mixed(mixed(mixed(plan_.seed) + index) + place))", "fraction(mixed(mixed(index) + place))",
           (unit("sandbox", "faults: a schedule follows from its seed"),)),
    Mutant("fault-scale", "2: a time scale", WIRE, "(seconds * options_.faults.scale)", "(seconds)",
           (unit("sandbox", "wire faults: time is scaled"),)),
    without("runs-twice", "2: the sandbox answers a repetition from the first result", WIRE,
            'if (is_true(request, "retry") && !request_id.empty()) {', LOST_AFTER),
    Mutant("repeats-as-new", "2, 3: a client that repeats without retry=true is found by the seeded runs", CLIENT,
           'step.failures > 0 ? "&retry=true" : ""', 'step.failures > 1000 ? "&retry=true" : ""',
           (Suite("faults_test", arguments=("--seeds", "10")),)),
)

KILL_AND_RACE = (
    Mutant("no-intents", "3: what a killed run began is known to the next", RUN,
           "may_go_on() && intend(stage)", "may_go_on()",
           (unit("apply", "a change after another one waits for it; intents come before, confirmations after"),)),
    Mutant("no-intents-killed", "3: SIGKILL, then the next run finishes", RUN,
           "may_go_on() && intend(stage)", "may_go_on()", (Suite("races_test", "killed *"),)),
    without("goes-on-interrupted", "3: SIGINT starts nothing new", RUN, "if (is_interrupted()) {",
            unit("apply", "an interruption: what runs is waited for and confirmed, nothing new is started")),
    Mutant("hang-up", "3: SIGTERM and a hang-up likewise", "src/cli/session.cpp", "{SIGINT, SIGTERM, SIGHUP}", "{SIGINT, SIGTERM}",
           (Suite("races_test", "interrupted 14"),)),
    Mutant("reader-left", "3: an apply is finished when nobody reads it", "src/cli/run.cpp", "std::signal(SIGPIPE, SIG_IGN);", "",
           (Suite("races_test", "reader"),)),
    Mutant("report-lost", "3: the report is honest: a lost one fails", "src/cli/run.cpp",
           "if (code == ExitCode::Done || code == ExitCode::Changes) code = ExitCode::Failed;", "", (Suite("races_test", "no room"),)),
    Mutant("keeps-its-lease", "3: SIGINT gives the lease back", LEASE, "if (impl_->held.empty()) return;\n  // A failure",
           "if (true || impl_->held.empty()) return;\n  // A failure", (Suite("races_test", "interrupted 2"),)),
    Mutant("lease-for-two", "3: two applies on one domain", "src/apply/lease_sql.cpp",
           'R"("HOLDER" IS NULL)"', 'R"(1 = 1 OR "HOLDER" IS NULL)"', (Suite("races_test", "at once"),)),
    Mutant("lease-unread", "3: what the UPDATE of a lease said is read back", LEASE,
           "return held.empty() ? LeaseStatus(Done{}) : verify();", "return LeaseStatus(Done{});",
           (unit("apply", "what the UPDATE said is read back"),)),
    Mutant("lease-expired", "3: nothing is submitted under a lease that ends", LEASE,
           "<= (kLeaseTime - kMustBeLeft).count();", "<= (kLeaseTime * 100 - kMustBeLeft).count();",
           (unit("apply", "nothing is submitted when less than 30 s are left, counted from before the renewal was sent"),)),
    without("runs-without-lease", "3: a run that lost its lease submits nothing", RUN, "if (!leases_are_safe()) {\n    note(",
            unit("apply", "a lease that is not safe: nothing more is submitted, and the ledger is left alone")),
    Mutant("takes-the-held", "3: a held lease is not taken over", LEASE, "if (holder.expired) return take_over",
           "if (true || holder.expired) return take_over", (unit("apply", "a held lease says by whom and since when, and gives back what was taken"),)),
    without("takes-the-running", "3: a lapsed lease is not taken over while its run executes", LEASE,
            "if (running == StillRunning::Yes) {", unit("apply", "a lapsed lease whose run still executes is waited for")),
    without("takes-in-doubt", "3: nor where that cannot be told", LEASE, "if (running == StillRunning::CannotTell) {",
            unit("apply", "a doubt about the old run is a refusal")),
    without("never-takes", "3: a lapsed lease is taken over", LEASE, "if (holder.expired) return take_over",
            unit("apply", "a lapsed lease is taken over when nothing of its run executes")),
    Mutant("renewal-lost", "3: a renewal that changed no row ends the lease", LEASE, "    lost = true;\n", "",
           (unit("apply", "renewals go beside the limit, and losing one to another run ends the lease"),)),
    without("ledger-unheeded", "3: the ledger unavailable: nothing runs, and the run stops", "src/apply/journal.cpp",
            "if (!reply.ok()) return fail(reply.error().describe());",
            unit("apply", "without its intents in the ledger nothing runs", "a ledger that stops taking confirmations stops the run")),
    without("nothing-skipped", "3: the report is honest: what depends on a failure is skipped, and told so", RUN,
            "if (progress_[i].state == State::Failed) skip_dependents(i, ready);",
            unit("apply", "a failure ends its change and skips what depends on it; the rest goes on")),
    Mutant("another-plan", "d3: what was shown is what runs", "src/cli/cmd_apply.cpp",
           "if (!expected.empty() && expected != plan.fingerprint) {", "if (false && expected != plan.fingerprint) {",
           (Suite("journey_test"),)),
)

HOSTILE_INPUT = (
    Mutant("duplicate-key", "4: duplicate key", YAML,
           "drop_duplicate_keys(stack_.back().node, diagnostics_);\n    close();", "close();", (case("duplicate_key"),)),
    Mutant("alias-bomb", "4: alias bomb", YAML,
           "if (alias_nodes_ > kMaxAliasNodes || alias_bytes_ > kMaxAliasBytes) {",
           "if (alias_nodes_ > 1000 * kMaxAliasNodes || alias_bytes_ > 1000 * kMaxAliasBytes) {", (case("alias_bomb"),)),
    Mutant("depth", "4: deep nesting", YAML, "if (depth <= kMaxDepth) return;", "if (depth <= 100 * kMaxDepth) return;",
           (case("deep_nesting"),)),
    Mutant("file-size", "4: 50 MB file", "include/mesh/yaml/parse.hpp", "size_t{16} << 20;", "size_t{64} << 20;",
           (case("file_of_50_mb"),)),
    without("bytes", "4: invalid UTF-8, UTF-16, control characters", YAML,
            "if (!check_bytes(text, raw, diagnostics)) return std::nullopt;",
            case("invalid_utf8"), case("control_character")),
    without("after-document", "4: text after the document", YAML,
            "if (!check_end(parser, raw, diagnostics)) return std::nullopt;", case("text_after_document")),
    without("tabs", "4: tab", YAML, "if (!check_tabs(raw, builder.texts(), text.size(), diagnostics)) return std::nullopt;",
            case("tab_between")),
    Mutant("link-out", "4: symlink out of the mesh", LOAD,
           'if (inside.empty() || *inside.begin() == "..")\n', "if (inside.empty())\n", (case("link_out_of_mesh"),)),
    without("folder-links", "4: links to folders", LOAD, "if (entry.is_symlink(ec)) return wrong(", case("link_to_folder")),
    Mutant("query-file-out", "4: query_file out of the mesh", "src/manifest/texts.cpp",
           'if (ec || relative.empty() || *relative.begin() == "..") {', "if (ec || relative.empty()) {",
           (case("query_file_out_of_mesh"),)),
    Mutant("outside-owns", "4: name outside owns", "src/manifest/objects.cpp",
           "if (owners.size() == 1 && owners[0]->name == own.name) return;", "if (owners.size() <= 1) return;",
           (case("outside_owns"),)),
    Mutant("declared-twice", "4: object declared twice", "src/manifest/objects.cpp",
           "    const bool is_container = !kind.child_collections.empty();\n",
           "    const bool is_container = !kind.child_collections.empty();\n    if (!is_container) return false;\n",
           (case("declared_twice"),)),
    Mutant("view-circle", "4: cycle of views", "src/manifest/checks.cpp", "    view_circles();\n", "    if (reads_.empty()) view_circles();\n",
           (case("view_circle"),)),
    Mutant("role-circle", "4: cycle of roles", "src/manifest/access_checks.cpp", "    role_circles();\n  }\n",
           "    if (build_.incomplete) role_circles();\n  }\n", (case("role_circle"),)),
    Mutant("long-name", "4: 256-character name", "src/ident/name.cpp", "kMaxLength = 255;", "kMaxLength = 2550;", (case("long_name"),)),
    Mutant("unknown-key", "4: unknown key", "src/manifest/reading.cpp",
           "if (refuse_key(key, what, diagnostics)) continue;", "if (known.size() > 0 || refuse_key(key, what, diagnostics)) continue;",
           (case("unknown_key"),)),
    Mutant("unknown-variable", "4: unknown variable", "src/manifest/reading.cpp",
           "        report_unknown(places.at(", "        if (variables.empty()) report_unknown(places.at(", (case("unknown_variable"),)),
    Mutant("privilege-of-another", "4: privilege of another kind", "src/manifest/grants.cpp",
           'diagnostics_.error("MESH1404", text.place,', 'diagnostics_.warning("MESH1404", text.place,',
           (case("privilege_of_another_kind"),)),
    Mutant("first-mistake-only", "4: one run reports every mistake", LOAD,
           "      diagnostics_.merge(std::move(file.diagnostics));\n",
           "      if (!diagnostics_.has_errors()) diagnostics_.merge(std::move(file.diagnostics));\n",
           (case("every_mistake_in_one_run"),)),
    Mutant("name-quotes", "4: identifiers stay identifiers", "src/ident/name.cpp",
           r"""replace_all(std::string(stored), "\"", "\"\"")""", "std::string(stored)",
           (unit("ident", "parse(display(x)) = x and parse(sql(x)) = x"), Suite("injection_test"))),
    Mutant("literal-quotes", "4: literals stay literals: quotes", WRITER,
           r"""replace_all(replace_all(std::string(text), "\\", "\\\\"), "'", "''")""",
           r"""replace_all(std::string(text), "\\", "\\\\")""", (LITERALS,)),
    Mutant("literal-backslashes", "4: literals stay literals: backslashes", WRITER,
           r"""replace_all(std::string(text), "\\", "\\\\")""", "std::string(text)", (LITERALS,)),
    Mutant("dollars", "4: bodies stay bodies", WRITER,
           'body.find("$$") != std::string_view::npos ||', 'body.find("$$$$$$") != std::string_view::npos ||', (LITERALS,)),
    Mutant("closing-comment", "4: a fragment's comment swallows nothing", WRITER,
           r"""last.in(rest).substr(0, 2) != "/*") out += "\n";""", r"""last.in(rest).substr(0, 2) == "/*") out += "\n";""",
           (unit("sql", "parse(print(fragment)) = fragment"), unit("sql", "a fragment cannot end the statement it stands in"))),
    Mutant("two-statements", "4: a fragment is one statement", TOKEN, "    check_single();\n    switch",
           "    if (text_.empty()) check_single();\n    switch", (FRAGMENTS, case("two_statements"))),
    Mutant("brackets", "4: a fragment's brackets close", TOKEN, "    check_brackets();\n    if (kind_",
           "    if (text_.empty()) check_brackets();\n    if (kind_", (FRAGMENTS, case("unbalanced_fragment"))),
    without("escapes", "4: the tokenizer knows escapes", TOKEN, "if (text_[at_] == '\\\\') {\n        ++at_;\n",
            unit("sql", "SQL is read as tokens")),
    Mutant("clauses", "4: no clause hides in a default", TOKEN, "        check_no_clause();\n",
           "        if (text_.empty()) check_no_clause();\n", (FRAGMENTS,)),
    Mutant("server-depth", "4: bounded on any server answer: nesting", "src/snowflake/wire.cpp",
           "kMostDepth = 64;", "kMostDepth = 640'000'000;", (unit("snowflake", "an answer's nesting is bounded"),)),
    Mutant("variable-growth", "4: memory is bounded on any manifest: variables", "src/manifest/reading.cpp",
           "kMaxVariableBytes = size_t{32} << 20;", "kMaxVariableBytes = size_t{32} << 30;", (Suite("bounds_test", "texts that grow"),)),
    Mutant("secret-printed", "4: no secret in any error", FILES,
           "error.source().begin.column, error.description()));", "error.source().begin.column, text));", (Suite("secrets_test"),)),
    Mutant("passphrase-printed", "4: no secret in any error: passphrases", "src/snowflake/jwt.cpp",
           ': "cannot be decrypted with the passphrase given";', ': "cannot be decrypted with the passphrase " + passphrase.reveal();',
           (Suite("secrets_test"),)),
)

LAWS = (
    Mutant("diff-of-itself", "5: diff(a, a) is empty", "src/diff/properties.cpp", "if (!wanted || equal) continue;",
           "if (!wanted || (equal && unset)) continue;", (unit("plan", "diff(a, a) is empty"),)),
    Mutant("converges-not", "5: apply(plan(a to b)), then plan, is empty", "src/kinds/ddl_table.cpp",
           'if (!column.comment.empty()) w.kw("COMMENT").text(column.comment);',
           'if (!column.comment.empty()) w.kw("COMMENT").text(column.comment + ".");', (SHORT_LAWS,)),
    Mutant("order-of-drops", "5: order is valid: drops inside out", ORDER,
           "    for (const auto& address : change.before_drop_of) {\n      after_all(removers_, address, i);\n",
           "    for (const auto& address : change.before_drop_of) {\n", (ORDERS,)),
    Mutant("order-of-needs", "5: order is valid: what is needed comes first", ORDER,
           "      if (it == makers_.end()) continue;\n      for (const size_t first : it->second) {\n        if (!may_come_before",
           "      if (true || it == makers_.end()) continue;\n      for (const size_t first : it->second) {\n        if (!may_come_before", (ORDERS,)),
    Mutant("order-shuffled", "5: order is the same under shuffled input", ORDER,
           "return sort_key(a) < sort_key(b);", "return std::get<0>(sort_key(a)) < std::get<0>(sort_key(b));", (ORDERS,)),
    Mutant("type-round-trip", "5: print(parse(x)) round-trips: types", "src/model/data_type.cpp",
           'join(digits, ",") + ")"', 'join(digits, ";") + ")"', (unit("model", "parse(print(type)) = type"),)),
    Mutant("name-round-trip", "5: print(parse(x)) round-trips: identifiers", "src/ident/name.cpp",
           "      stored += rest[i++];\n", "      stored += rest[i++];\n      stored += '_';\n",
           (unit("ident", "parse(display(x)) = x and parse(sql(x)) = x"),)),
    Mutant("grantee-round-trip", "5: print(parse(x)) round-trips: grants", "src/model/grants.cpp",
           '" " + name.display(); }', '" " + name.last().stored(); }', (unit("model", "parse(print(grantee)) = grantee"),)),
    Mutant("json-schema", "5: plan JSON validates against its schema", "src/render/documents.cpp",
           '                     {"risk", to_string(change.risk)},\n', "", (unit("render", "what is printed is valid by its schema"), SHORT_LAWS)),
    Mutant("same-bytes", "5: same input and date, same bytes", "src/plan/plan.cpp", "plan.date = header.date;",
           "plan.date = header.date + fmt::format(\"{}\", static_cast<const void*>(&plan));", (SHORT_LAWS,)),
    Mutant("row-order", "5: the order of the account's rows changes nothing", "src/live/reading_access.cpp",
           "    std::sort(by.begin(), by.end());\n", "", (unit("live", "grantors of one privilege in any order"),)),
)

PREFLIGHT_AND_DOCTOR = (
    Mutant("doctor-clock", "6: doctor: clock", DOCTOR, "kClockWarning = 30, kClockFailure = 300;", "kClockWarning = 3000, kClockFailure = 30000;",
           (Suite("doctor_test", "another_clock"),)),
    Mutant("doctor-account", "6: doctor: account", DOCTOR, "if (is_account(wanted, *found)) return add(",
           "if (true || is_account(wanted, *found)) return add(", (Suite("doctor_test", "the_wrong_account"),)),
    Mutant("doctor-secondary", "6: doctor: secondary roles", DOCTOR, 'if (none) return add("secondary roles"',
           'if (none || user_.size() > 0) return add("secondary roles"', (WITH_A_MESH,)),
    Mutant("doctor-quoted", "6: doctor: quoted names", DOCTOR, 'if (!ignored) return add("quoted names"',
           'if (!ignored || user_.size() > 0) return add("quoted names"', (WITH_A_MESH,)),
    Mutant("doctor-edition", "6: doctor: edition", DOCTOR, 'reply->column("min_cluster_count") ?', '!reply->column("min_cluster_count") ?',
           (Suite("doctor_test", "without_a_mesh"),)),
    Mutant("doctor-bundles", "6: doctor: bundles", DOCTOR, "BUNDLE_STATUS('2026_06')", "BUNDLE_STATUS('2025_01')",
           (Suite("doctor_test", "features_of_the_account"),)),
    Mutant("doctor-inherited", "6: doctor: inherited grants", DOCTOR, 'add("inherited grants", Health::Ok, to_lower(inherited->at(0, "value")));',
           'add("inherited grants", Health::Ok, "disabled");', (Suite("doctor_test", "features_of_the_account"),)),
    Mutant("doctor-warehouse", "6: doctor: warehouse", DOCTOR, 'if (!stays) return add("warehouse"',
           'if (!stays || user_.size() > 0) return add("warehouse"', (WITH_A_MESH,)),
    without("doctor-ledger", "6: doctor: ledger", DOCTOR, "if (!ledger->available) return add(", WITH_A_MESH),
    without("doctor-lease", "6: doctor: leases", DOCTOR, "if (!missing.empty()) {\n      return add(\"lease\"", WITH_A_MESH),
    without("doctor-role", "6: doctor: roles", DOCTOR, "if (all.ok() && there.count(role) == 0) {", WITH_A_MESH),
    without("doctor-grants", "6: doctor prints what is missing as GRANT statements", DOCTOR,
            "if (its && !apply::is_granted(held, key)) missing", WITH_A_MESH),
    without("preflight", "6, d9: the check before the first statement refuses", PREFLIGHT,
            "if (missing.certain && !live_.secondary_roles_active) {", Suite("privileges_test", "without_a_declared_one")),
    Mutant("remedy", "6: what is missing is printed as GRANT statements", "src/check/rights.cpp",
           "kinds::grant_statement({right.target, grantee, right.privilege}, false);",
           "kinds::grant_statement({right.target, grantee, right.privilege}, true);",
           (Suite("privileges_test", "without_a_declared_one"),)),
    Mutant("takes-roles", "6: a role that cannot be taken is found before the first statement", PREFLIGHT,
           "      if (!is_not_to_be_taken(error)) return console.error(", "      continue;\n      if (!is_not_to_be_taken(error)) return console.error(",
           (Suite("privileges_test", "roles_that_own_all"),)),
    without("takes-creators", "6: a creator role that cannot be taken is found before the first statement", PREFLIGHT,
            "if (applying_) take_roles();", Suite("setup_test", "a_creator_that_is_declared")),
    Mutant("taken-first", "6: a role runs statements once somebody who has it holds it", ORDER,
           "edges_unless_circles(first, changes);", "static_cast<void>(first);", (unit("plan", "a role is given what it needs before it uses it"),)),
    Mutant("control-preflight", "6: with any one grant less it is refused beforehand: the ledger's", PREFLIGHT,
           "if (missing.empty()) return std::nullopt;", "if (missing.size() < 1000) return std::nullopt;",
           (Suite("privileges_test", "what_bootstrap_gave"),)),
    Mutant("plan-role", "6: bootstrap gives the plan role what it needs", "src/apply/setup_needs.cpp",
           "for (const auto& domain : mesh_.domains) see(", "for (const auto& domain : std::vector<Domain>()) see(",
           (Suite("setup_test", "no_more_than_needed"),)),
    Mutant("creator-role", "6: bootstrap writes plan, deploy and creator roles with least privilege", "src/apply/setup_needs.cpp",
           "need(privilege, is_creators ? creator : deploy, false, kWhy);",
           "need(privilege, deploy, false, kWhy), need(privilege, creator, false, kWhy);", (Suite("setup_test", "no_more_than_needed"),)),
    Mutant("mighty", "6: MANAGE GRANTS only where nothing less will do", "src/apply/setup_needs.cpp",
           "if (key.target.object.kind == KindId::Database || standard) {",
           "if (key.target.object.kind == KindId::Database || standard || true) {", (Suite("setup_test", "no_more_than_needed"),)),
    Mutant("service-users", "6: service users have no secondary roles", "src/apply/setup.cpp",
           'w.kw("DEFAULT_SECONDARY_ROLES = ()").kw("DEFAULT_WAREHOUSE")', 'w.kw("DEFAULT_WAREHOUSE")',
           (Suite("setup_test", "no_more_than_needed"),)),
)

LIVE = (
    Mutant("live-unsaid", "7: live tests are skipped with a message", "tests/e2e/live_test.py",
           "        return SKIPPED\n", "        return 0\n", (Suite("live_test", "skipped", ("--on-sandbox",)),)),
    Mutant("threat-without-test", "7: SECURITY.md names the test of each threat", "SECURITY.md",
           '"a token with a line break is refused"', '"a token with a blank is refused"', (Suite("security_page_test"),)),
    Mutant("fingerprint", "d3: roles are part of what was shown", "src/plan/plan.cpp",
           "put(text, statement.sql), put(text, statement.role);", "put(text, statement.sql);",
           (unit("plan", "the fingerprint rests on changes, statements, roles and the live state, not on row counts or the day"),)),
    Mutant("drops-without-consent", "d2: a drop needs consent", "src/diff/removals.cpp",
           "&& consent_for(sides, id) != Consent::Given) {", "&& consent_for(sides, id) == Consent::Given) {",
           (unit("diff", "only what mesh made is dropped, only with consent"),)),
    Mutant("stranger-inside", "d1: a container with a stranger inside is not dropped", "src/diff/removals.cpp",
           "if (is_dropped || sides.live_object(child)->live.born) continue;", "if (is_dropped || !sides.live_object(child)->live.born) continue;",
           (unit("diff", "a container with a stranger inside is not dropped"),)),
    Mutant("forgotten-inside", "d1: a container with something forgotten inside is not dropped", "src/diff/removals.cpp",
           "const bool is_dropped = found != goes.end() && found->second == Action::Drop;", "const bool is_dropped = found != goes.end();",
           (Suite("destroy_test"),)),
    Mutant("others-lost", "d1: what others hung on a view is kept when it is replaced", "src/diff/kept.cpp",
           "if (why.empty()) kept.push_back(*each);", "", (Suite("made_anew_test"),)),
    Mutant("hidden-policy", "d7: a policy that the owner may not know is not none", "src/live/reading_closer.cpp",
           "head->policies > policies || ", "", (Suite("made_anew_test"),)),
    Mutant("open-moment", "d6: a view whose columns nothing tells is not replaced under its masks", "src/diff/anew.cpp",
           "  if (stands_open(stated, attachments)) result.refused.push_back(refuse_open_moment(desired));\n", "", (Suite("made_anew_test"),)),
    Mutant("masked-behind", "d6: masks of a view's columns stand in its CREATE", "src/diff/anew.cpp",
           "  if (!names) return object;\n", "  return object;\n", (Suite("made_anew_test"),)),
    Mutant("follows-container", "d2: what is stated is set before its container gets another value", "src/diff/objects.cpp",
           "  keep_what_is_stated(sides, result);\n", "", (Suite("destroy_test"),)),
    Mutant("clustered-still", "d4: a table is not clustered by a column that is renamed", "src/diff/table.cpp",
           "    if (lets_go) stages_[kUncluster].push_back(kinds::drop_cluster_by(id()));\n", "", (Suite("policies_test"),)),
    Mutant("mass-removal", "d1: mass removal is refused", "src/diff/removals.cpp",
           "kMassRemoval = 10;", "kMassRemoval = 10'000;", (unit("diff", "mass removal and an emptied domain are refused"),)),
    Mutant("vanished", "d7: not visible is not absent", "src/diff/removals.cpp",
           "kManyVanished = 10;", "kManyVanished = 10'000;", (unit("diff", "what the ledger knows and SHOW hides has vanished; ten stop the run"),)),
)

ATTACHMENTS = "src/diff/attachments.cpp"

GOVERNANCE = (
    Mutant("out-of-reach", "i5.1: another name leads out of no line's reach", ATTACHMENTS,
           "if (line == nullptr || std::any_of", "if (true || line == nullptr || std::any_of", (Suite("governance_test"),)),
    Mutant("renamed-column", "i5.1: what is on a column stays on it under another name", "src/diff/diff.cpp",
           "move_attachments(sides, id, from, to);", "move_attachments(sides, id, from, from);",
           (Suite("governance_test"),)),
    Mutant("healed-tag", "i5.1: a tag changed by hand is healed, not kept", ATTACHMENTS,
           "return takes(each, ours) &&", "return takes(each, live.value) &&", (Suite("governance_test"),)),
    Mutant("made-anew", "i5.1: making a view anew takes no tag off that protects", ATTACHMENTS,
           "      is_kept(live, nullptr, *bearer);\n", "", (Suite("governance_test"),)),
    Mutant("unread-measurements", "i5.3: what cannot be read is told, not taken as met", "src/live/reading_metrics.cpp",
           'asks_.warn("MESH3010",', 'if (false) asks_.warn("MESH3010",',
           (unit("live", "what metric functions measured is read where a rule asks for it, and told where it cannot be"),)),
)

MUTANTS = CLIENT_UNDER_FIRE + FAULTS + KILL_AND_RACE + HOSTILE_INPUT + LAWS + PREFLIGHT_AND_DOCTOR + LIVE + GOVERNANCE
