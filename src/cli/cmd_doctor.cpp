// mesh doctor: is everything there that a run needs? Works with or without a mesh around it.
#include <charconv>
#include <chrono>
#include <cmath>
#include <map>
#include <set>

#include <fmt/format.h>

#include "accounts.hpp"
#include "commands.hpp"
#include "mesh/apply/setup.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/ddl.hpp"
#include "mesh/live/reader.hpp"
#include "mesh/render/rows.hpp"
#include "mesh/sql/writer.hpp"
#include "workflow.hpp"

namespace mesh::cli {
namespace {

enum class Health : uint8_t { Ok, Warning, Failed };

const char* words_of(Health health) {
  switch (health) {
    case Health::Ok:
      return "ok";
    case Health::Warning:
      return "warning";
    case Health::Failed:
      return "failed";
  }
  broken_promise("every state of health has a word", __FILE__, __LINE__);
}

// A JWT is good for the server within a minute or so of its own clock (sql-api.md 8).
constexpr double kClockWarning = 30, kClockFailure = 300;

class Doctor {
 public:
  Doctor(const Global& global, const Console& console) : global_(global), console_(console) {}

  ExitCode run() {
    if (const auto code = find_surroundings()) return *code;
    if (mesh_ && !check_domains(global_, *mesh_, console_)) return ExitCode::Usage;
    if (mesh_ && !mesh_->environment.domains.empty()) return each_account();
    auto opened = Session::open(global_, mesh_ ? &*mesh_ : nullptr, console_);
    if (!opened) {
      add("connection", Health::Failed, opened.error().message);
      return report();
    }
    look_into(**opened);
    return report();
  }

 private:
  void look_into(Session& session) {
    session_ = &session;
    if (!context()) return;
    session_parameters();
    features();
    warehouse();
    if (mesh_) control();
    if (mesh_) roles();
  }

  // One that cannot be reached leaves the others to be looked into.
  ExitCode each_account() {
    const Mesh whole = *mesh_;
    rows_.columns.emplace_back("account");
    const auto domains = planned_domains(global_, whole);
    const auto ways = ways_to(global_, whole, domains);
    auto opened = Sessions::open(global_, ways, console_);
    if (!opened) return console_.error(opened.error().message), ExitCode::Failed;
    for (size_t i = 0; i < ways.size(); ++i) {
      mesh_ = whole.in_account(ways[i].account);
      account_ = ways[i].account;
      auto& session = (*opened)->all()[i];
      if (session) {
        look_into(**session);
      } else {
        add("connection", Health::Failed, session.error().message);
      }
    }
    return report();
  }

  // A mesh that is there must be readable: its names are what is looked for.
  std::optional<ExitCode> find_surroundings() {
    const auto root = manifest::find_root(start_directory(global_));
    if (!root) return std::nullopt;
    Diagnostics diagnostics;
    Sources sources;
    mesh_ = manifest::load_mesh_file({*root, global_.environment, 1}, diagnostics, sources);
    if (!mesh_ || diagnostics.has_errors()) {
      console_.diagnostics(diagnostics, sources);
      return violation_of(global_, false, diagnostics);
    }
    if (!mesh_->environment.suffix.empty()) suffix_roles(*root);
    return std::nullopt;
  }

  // Roles that the manifests declare bear the environment's suffix, and only all manifests together tell which those
  // are.
  void suffix_roles(const std::filesystem::path& root) {
    Diagnostics diagnostics;
    Sources sources;
    auto loaded =
        manifest::load({root, global_.environment, global_.parallelism, false, today()}, diagnostics, sources);
    if (loaded && !diagnostics.has_errors()) {
      mesh_ = std::move(loaded->mesh);
    } else {
      console_.say(
          "the manifests have mistakes (mesh validate), so roles that they declare are looked for without the suffix " +
          mesh_->environment.suffix);
    }
  }

  void add(const char* check, Health health, std::string detail, std::string fix = {}) {
    rows_.rows.push_back({check, words_of(health), std::move(detail),
                          fix.empty() ? std::optional<std::string>() : std::optional<std::string>(std::move(fix))});
    if (!account_.empty()) rows_.rows.back().emplace_back(account_);
    failed_ |= health == Health::Failed;
  }

  Reply ask(std::string sql, std::string role = {}, std::string warehouse = {}) {
    Query query;
    query.sql = std::move(sql);
    query.role = std::move(role);
    query.warehouse = std::move(warehouse);
    query.read_only = true;
    return session_->connection().run(query);
  }

  // The first statement: connection, clock, account, user, role, secondary roles. False where it failed.
  bool context() {
    const auto reply =
        ask("SELECT CURRENT_ROLE() AS ROLE_NAME, CURRENT_USER() AS USER_NAME, CURRENT_SECONDARY_ROLES() AS "
            "SECONDARY_ROLES, "
            "TO_VARCHAR(DATE_PART(EPOCH_MILLISECOND, CURRENT_TIMESTAMP())) AS SERVER_TIME");
    if (!reply.ok()) {
      add("connection", Health::Failed, reply.error().describe());
      return false;
    }
    user_ = reply->at(0, "USER_NAME");
    add("connection", Health::Ok, fmt::format("logged in as {}", user_));
    clock(reply->at(0, "SERVER_TIME"));
    account();
    const std::string role(reply->at(0, "ROLE_NAME"));
    if (role.empty()) {
      add("role", Health::Failed, "the session has no role",
          fmt::format("ALTER USER {} SET DEFAULT_ROLE = …; or role = in the connection", shown(user_)));
    } else {
      add("role", Health::Ok, role);
    }
    secondary_roles(reply->at(0, "SECONDARY_ROLES"));
    return true;
  }

  static std::string shown(const std::string& stored) { return Name::exact(stored).display(); }

  void clock(std::string_view server_ms) {
    double server = 0;
    const auto [end, error] = std::from_chars(server_ms.data(), server_ms.data() + server_ms.size(), server);
    if (error != std::errc{}) return add("clock", Health::Warning, "the server's time could not be read");
    const auto now = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
    const double off = now - server / 1000;
    const auto health = std::abs(off) > kClockFailure   ? Health::Failed
                        : std::abs(off) > kClockWarning ? Health::Warning
                                                        : Health::Ok;
    if (health == Health::Ok) return add("clock", health, "agrees with Snowflake's");
    add("clock", health,
        fmt::format("this machine is {:.0f} s {} Snowflake", std::abs(off), off > 0 ? "ahead of" : "behind"),
        "set the clock (NTP): tokens are signed with it");
  }

  void account() {
    const std::string wanted = mesh_ ? mesh_->environment.account : std::string();
    const auto found = live::read_account_name(wanted, session_->connection());
    if (!found) return add("account", Health::Failed, found.error().message);
    if (is_account(wanted, *found)) return add("account", Health::Ok, *found);
    wrong_account_ = true;
    add("account", Health::Failed,
        fmt::format("this is {}, but environment {} is meant for {}", *found, mesh_->environment.name, wanted),
        "choose the right one with -e or --connection");
  }

  // {"roles":"…","value":"ALL"} (CURRENT_SECONDARY_ROLES).
  void secondary_roles(std::string_view json) {
    const bool none = json.find("\"roles\":\"\"") != std::string_view::npos && !contains_all(json);
    if (none) return add("secondary roles", Health::Ok, "none active");
    add("secondary roles", Health::Warning,
        fmt::format("active ({}): what a statement may do cannot be told from its role; apply refuses in protected "
                    "environments",
                    json),
        fmt::format("ALTER USER {} SET DEFAULT_SECONDARY_ROLES = ()", shown(user_)));
  }
  static bool contains_all(std::string_view json) { return json.find("\"ALL\"") != std::string_view::npos; }

  void session_parameters() {
    const auto reply = ask("SHOW PARAMETERS LIKE 'QUOTED_IDENTIFIERS_IGNORE_CASE'");
    if (!reply.ok()) return add("quoted names", Health::Warning, reply.error().message);
    const bool ignored = reply->rows.empty() ? false : iequals(reply->at(0, "value"), "true");
    if (!ignored) return add("quoted names", Health::Ok, "mean what they say");
    add("quoted names", Health::Warning, "QUOTED_IDENTIFIERS_IGNORE_CASE is true, so \"a\" and \"A\" are one",
        fmt::format("ALTER USER {} SET QUOTED_IDENTIFIERS_IGNORE_CASE = FALSE", shown(user_)));
  }

  // What differs between accounts and changes what mesh reads or writes; for people, never a failure.
  void features() {
    const auto inherited = ask("SHOW PARAMETERS LIKE 'FEATURE_RBAC_INHERITED_GRANTS' IN ACCOUNT");
    if (inherited.ok() && !inherited->rows.empty()) {
      add("inherited grants", Health::Ok, to_lower(inherited->at(0, "value")));
    } else {
      add("inherited grants", Health::Ok, "this account does not tell: taken as disabled");
    }
    // BCR-2371: how SHOW GRANTS spells grantees. mesh reads both.
    const auto bundle = ask("SELECT SYSTEM$BEHAVIOR_CHANGE_BUNDLE_STATUS('2026_06')");
    add("bundle 2026_06", Health::Ok,
        bundle.ok() && !bundle->rows.empty() && bundle->rows[0][0] ? to_lower(*bundle->rows[0][0])
                                                                   : "this role is not told");
  }

  void warehouse() {
    const auto reply = ask("SHOW WAREHOUSES");
    if (!reply.ok()) return add("warehouse", Health::Failed, reply.error().describe());
    // Standard Edition's answer lacks these columns (warehouse entry, quirks).
    add("edition", Health::Ok, reply->column("min_cluster_count") ? "Enterprise or higher" : "Standard");
    const std::string wanted = mesh_ && mesh_->has_control ? mesh_->control.warehouse.stored() : std::string();
    if (wanted.empty()) return add("warehouse", Health::Ok, "no control warehouse to look for");
    for (size_t row = 0; row < reply->rows.size(); ++row) {
      if (reply->at(row, "name") != wanted) continue;
      const auto state = reply->at(row, "state");
      const bool stays = state == "SUSPENDED" && !iequals(reply->at(row, "auto_resume"), "true");
      if (!stays) return add("warehouse", Health::Ok, fmt::format("{} ({})", wanted, to_lower(state)));
      return add("warehouse", Health::Failed, fmt::format("{} is suspended and does not resume by itself", wanted),
                 fmt::format("ALTER WAREHOUSE {} SET AUTO_RESUME = TRUE", shown(wanted)));
    }
    add("warehouse", Health::Failed, fmt::format("{} does not exist, or this role may not use it", wanted),
        fmt::format("mesh bootstrap; or GRANT USAGE ON WAREHOUSE {} TO ROLE {}", shown(wanted), role_or_this()));
  }

  std::string role_or_this() const {
    const auto& plan = mesh_->environment.roles.plan;
    return plan.empty() ? "<this role>" : shown(plan);
  }

  void control() {
    if (!mesh_->has_control) {
      return add("ledger", Health::Warning, "mesh.yaml names no `control` schema: plan works, apply does not",
                 "add control: {database: MESH, schema: CONTROL, warehouse: MESH_WH}");
    }
    const auto ledger = apply::parse_ledger(*mesh_, session_->connection().run(apply::ledger_query(*mesh_)));
    if (!ledger) {
      return add("ledger", Health::Failed, ledger.error().message,
                 "mesh bootstrap, once the role that reads it can be taken");
    }
    if (!ledger->available) return add("ledger", Health::Failed, ledger->why_not, "mesh bootstrap");
    add("ledger", Health::Ok, fmt::format("{} objects in {}", ledger->entries.size(), mesh_->environment.name));
    leases();
    const auto runs = session_->connection().run(apply::runs_query(*mesh_, 1));
    if (!runs.ok()) return add("audit", Health::Failed, runs.error().message, "mesh bootstrap");
    add("audit", Health::Ok, "runs and statements are kept");
  }

  void leases() {
    std::vector<std::string> domains;
    for (const auto& domain : mesh_->domains) domains.push_back(domain.name);
    if (domains.empty()) return;
    const auto held = ask(apply::unlock_sql(*mesh_, domains).front(), mesh_->environment.roles.plan,
                          mesh_->control.warehouse.stored());
    if (!held.ok()) return add("lease", Health::Failed, held.error().message, "mesh bootstrap");
    std::vector<std::string> there, busy;
    for (size_t row = 0; row < held->rows.size(); ++row) {
      there.emplace_back(held->at(row, "DOMAIN"));
      if (!held->at(row, "HOLDER").empty()) busy.emplace_back(held->at(row, "DOMAIN"));
    }
    std::vector<std::string> missing;
    for (const auto& domain : domains) {
      if (std::find(there.begin(), there.end(), domain) == there.end()) missing.push_back(domain);
    }
    if (!missing.empty()) {
      return add("lease", Health::Failed, fmt::format("no lease for {}", join(missing, ", ")), "mesh bootstrap");
    }
    if (busy.empty()) return add("lease", Health::Ok, "free in every domain");
    add("lease", Health::Warning, fmt::format("held in {}", join(busy, ", ")), "mesh unlock shows by whom");
  }

  // Each role that statements are sent with must be there, be one that this user may take, and may do its part in the
  // control schema.
  void roles() {
    std::map<std::string, std::vector<std::string>> uses;
    const auto use = [&](const std::string& role, const std::string& what) {
      if (!role.empty()) uses[role].push_back(what);
    };
    for (const auto& domain : planned_domains(global_, *mesh_)) {
      if (!same_account(mesh_->account_of(domain), mesh_->environment.account)) continue;
      use(mesh_->plan_role(domain), "plan of " + domain);
      use(mesh_->deploy_role(domain), "deploy of " + domain);
      use(mesh_->creator_role(domain), "creator of " + domain);
    }
    if (uses.empty()) return;
    std::set<std::string> there;
    const auto all = ask("SHOW ROLES");  // every role sees all names
    for (size_t row = 0; all.ok() && row < all->rows.size(); ++row) there.emplace(all->at(row, "name"));
    for (const auto& [role, what] : uses) {
      const auto check = "role " + shown(role);
      if (all.ok() && there.count(role) == 0) {
        add(check.c_str(), Health::Failed, fmt::format("does not exist ({})", join(what, ", ")), "mesh bootstrap");
      } else if (const auto reply = ask("SELECT CURRENT_ROLE() AS ROLE_NAME", role); !reply.ok()) {
        add(check.c_str(), Health::Failed,
            fmt::format("{} cannot take it ({}): {}", user_, join(what, ", "), reply.error().message),
            fmt::format("GRANT ROLE {} TO USER {}", shown(role), shown(user_)));
      } else {
        role_in_control(role, check, join(what, ", "));
      }
    }
  }

  void role_in_control(const std::string& role, const std::string& check, const std::string& what) {
    std::set<GrantKey> held;
    std::set<std::string> seen;
    gather_grants(role, role, seen, held);
    std::vector<std::string> missing;
    if (mesh_->has_control) {
      for (const auto& key : apply::control_grants(*mesh_)) {
        const bool its = key.grantee.name.last().stored() == role;
        if (its && !apply::is_granted(held, key)) missing.push_back(kinds::grant_statement(key, false));
      }
    }
    if (missing.empty()) return add(check.c_str(), Health::Ok, what);
    add(check.c_str(), Health::Failed,
        fmt::format("lacks {} privilege{} in the control schema ({})", missing.size(), missing.size() == 1 ? "" : "s",
                    what),
        fmt::format("mesh bootstrap; or {}", join(missing, "; ")));
  }

  // What a role holds itself and through the roles below it, as grants to itself.
  void gather_grants(const std::string& top, const std::string& role, std::set<std::string>& seen,
                     std::set<GrantKey>& held) {
    if (!seen.insert(role).second) return;
    const auto reply = ask(sql::Writer().kw("SHOW GRANTS TO ROLE").name(Name::exact(role)).take(), top);
    if (!reply.ok()) return;
    for (const auto& key : apply::parse_role_grants(top, *reply, nullptr)) {
      const bool member = key.target.form == TargetForm::Object && key.target.object.kind == KindId::Role;
      if (member && key.privilege == "USAGE") gather_grants(top, key.target.object.name.last().stored(), seen, held);
      held.insert(key);
    }
  }

  ExitCode report() const {
    if (global_.format == Format::Json) {
      console_.result(render::rows_json(rows_));
    } else if (global_.format == Format::Csv) {
      console_.result(render::rows_csv(rows_));
    } else {
      std::string account;
      for (const auto& row : rows_.rows) {
        if (row.size() > 4 && *row[4] != account) console_.result(fmt::format("account {}\n", account = *row[4]));
        console_.result(
            fmt::format("{:8} {:17} {}\n", *row[1], *row[0], replace_all(*row[2], "\n", "\n" + std::string(27, ' '))));
        if (row[3]) console_.result(fmt::format("{:26} {}\n", "", *row[3]));
      }
    }
    if (wrong_account_) return ExitCode::Refused;
    return failed_ ? ExitCode::Failed : ExitCode::Done;
  }

  const Global& global_;
  const Console& console_;
  std::optional<Mesh> mesh_;
  Session* session_ = nullptr;
  std::string account_;  // where there are several
  std::string user_;
  Rows rows_ = [] {
    Rows rows;
    rows.columns = {"check", "status", "detail", "fix"};
    return rows;
  }();
  bool failed_ = false, wrong_account_ = false;
};

}  // namespace

ExitCode run_doctor(const Global& global, const DoctorOptions&, const Console& console) {
  return Doctor(global, console).run();
}

}  // namespace mesh::cli
