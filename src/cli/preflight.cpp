#include "preflight.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "mesh/apply/control.hpp"
#include "mesh/base/text.hpp"
#include "mesh/check/login.hpp"
#include "mesh/check/privileges.hpp"
#include "mesh/kinds/ddl.hpp"
#include "mesh/live/login.hpp"
#include "mesh/live/role_grants.hpp"

namespace mesh::cli {
namespace {

Grantee account_role(const std::string& stored) { return {GranteeType::Role, QualifiedName({Name::exact(stored)})}; }

constexpr std::string_view kInsufficientPrivileges = "003001";

// 390186, 390189: the role is not this user's, or does not exist (sql-api.md 9).
bool is_not_to_be_taken(const StatementError& error) { return error.code == "390186" || error.code == "390189"; }

std::string take_role(const std::string& role, const Name& user) {
  return fmt::format("GRANT ROLE {} TO USER {}", Name::exact(role).display(), user.empty() ? "…" : user.display());
}

std::vector<Reply> replies_to(const std::vector<check::Preflight::Ask>& asks, Connection& connection) {
  std::vector<Query> queries;
  for (const auto& one : asks) queries.push_back(live::role_grants_query(one.role, one.as_role));
  return connection.run_all(queries);
}

class PrivilegeCheck {
 public:
  PrivilegeCheck(const Live& live, bool applying, Connection& connection, Plan& plan)
      : live_(live), applying_(applying), connection_(connection), plan_(plan) {}

  Status run(const Mesh& mesh, const Desired& desired) {
    const std::set<std::string> domains(plan_.domains.begin(), plan_.domains.end());
    const auto control = mesh.has_control ? apply::control_grants(mesh) : std::vector<GrantKey>();
    check::Preflight preflight(plan_.changes, desired, live_, check::keeps_of(mesh, desired, live_, domains, control));
    for (auto asks = preflight.next(); !asks.empty(); asks = preflight.next()) ask(asks, preflight);
    if (!trouble_.empty()) return fail("what the roles of this plan may do could not be asked:\n" + trouble_);
    for (const auto& missing : preflight.missing()) report(missing);
    for (const auto& lockout : preflight.lockouts()) report(lockout);
    if (applying_) take_roles();
    if (!trouble_.empty()) return fail("whether the roles of this plan can be taken could not be asked:\n" + trouble_);
    for (const auto& change : plan_.changes) keep_user(mesh, change);
    keep_login(mesh, desired);
    if (!trouble_.empty()) return fail("whether this user can log in after this plan could not be asked:\n" + trouble_);
    return Done{};
  }

 private:
  void ask(const std::vector<check::Preflight::Ask>& asks, check::Preflight& preflight) {
    const auto replies = replies_to(asks, connection_);
    for (size_t i = 0; i < asks.size(); ++i) {
      if (replies[i].ok()) {
        preflight.feed(asks[i], live::parse_role_grants(*replies[i]));
      } else {
        preflight.give_up(asks[i]);
        could_not_ask(asks[i].as_role, replies[i].error());
      }
    }
  }

  // Each role with which statements are sent, but those that the plan itself makes or grants to somebody: whether these
  // can be taken then shows only then.
  void take_roles() {
    std::set<std::string> roles, coming;
    for (const auto& change : plan_.changes) {
      for (const auto& statement : change.statements) roles.insert(statement.role);
      if (change.action == Action::Create && change.object && change.object->kind == KindId::Role)
        coming.insert(change.object->name.last().stored());
      if (change.action == Action::Grant && change.membership && change.membership->role.kind == KindId::Role)
        coming.insert(change.membership->role.name.last().stored());
    }
    std::vector<Query> queries;
    for (const auto& role : roles) {
      if (role.empty() || role == live_.current_role || coming.count(role) > 0) continue;
      queries.push_back({.sql = "SELECT CURRENT_ROLE() AS ROLE_NAME", .role = role, .read_only = true});
    }
    const auto replies = connection_.run_all(queries);
    for (size_t i = 0; i < replies.size(); ++i) {
      if (!replies[i].ok()) could_not_ask(queries[i].role, replies[i].error());
    }
  }

  void could_not_ask(const std::string& role, const StatementError& error) {
    const bool is_answer = is_not_to_be_taken(error) || error.is_missing_or_hidden() ||
                           error.code == kInsufficientPrivileges || !plan_.state_age.empty();
    if (!is_answer) trouble_ = error.describe();
    if (!is_answer || !told_.insert(role).second) return;
    const std::string shown = account_role(role).display();
    if (!is_not_to_be_taken(error)) {
      warn("MESH2034", fmt::format("what {} may do could not be asked: {}", shown, error.message),
           "its statements are tried without having been checked");
      return;
    }
    const Name user = Name::exact(live_.current_user);
    const std::string what = fmt::format("{} cannot take {}, with which statements of this plan are sent",
                                         user.empty() ? "this user" : "user " + user.display(), shown);
    const std::string help = take_role(role, user);
    if (applying_) {
      plan_.refused.push_back({shown, "MESH2033", what, help, {}});
    } else {
      warn("MESH2033", what, "what it may do was not checked; apply needs " + help);
    }
  }

  void report(const check::Missing& missing) {
    const size_t more = missing.addresses.size() - 1;
    const std::string what = fmt::format(
        "{} lacks {}, which {}{} needs", account_role(missing.role).display(), missing.needs, missing.addresses.front(),
        more == 0 ? "" : fmt::format(" (and {} more {})", more, more == 1 ? "change" : "changes"));
    // With secondary roles on, another role may have it (MESH2030).
    if (missing.certain && !live_.secondary_roles_active) {
      plan_.refused.push_back({missing.addresses.front(), "MESH2032", what, missing.remedy, missing.place});
    } else {
      warn("MESH2032", what, missing.remedy, missing.addresses.front(), missing.place);
    }
  }

  void report(const check::Lockout& lockout) {
    const std::string role = account_role(lockout.role).display();
    refuse_lockout(
        lockout.address, lockout.place,
        fmt::format("{} would lose {}{}, which it needs to manage its domain", role, lockout.loses,
                    lockout.more == 0 ? "" : fmt::format(" and {} more", lockout.more)),
        fmt::format(
            "declare the grant that {} holds it by, or hand over to a role that is granted to it; if another role "
            "shall deploy from now on, name it in mesh.yaml first",
            role));
  }

  // The user that runs this, taken out of a role with which statements are sent.
  void keep_user(const Mesh& mesh, const Change& change) {
    if (change.action != Action::Revoke || !change.membership) return;
    const auto& [role, member] = *change.membership;
    if (member.type != GranteeType::User || member.name.last().stored() != live_.current_user) return;
    const auto is_used = [&](const std::string& name) {
      return name == role.name.last().stored() && role.kind == KindId::Role;
    };
    const bool used = is_used(live_.current_role) ||
                      std::any_of(plan_.domains.begin(), plan_.domains.end(), [&](const std::string& domain) {
                        return is_used(mesh.deploy_role(domain)) || is_used(mesh.plan_role(domain)) ||
                               is_used(mesh.creator_role(domain));
                      });
    if (!used) return;
    refuse_lockout(change.address, change.place,
                   fmt::format("{}, which runs this, would lose {}, with which statements are sent", member.display(),
                               role.address()),
                   "list the user under users:, or let another user apply this");
  }

  // The user that runs this, kept from logging in by what the plan puts in force for it. Where nobody knows how it
  // does, as from a recorded account, nothing is said.
  void keep_login(const Mesh& mesh, const Desired& desired) {
    Login login{.user = live_.current_user, .method = connection_.login_method()};
    const auto* cause = check::first_about_logins(plan_.changes, login.user);
    if (cause == nullptr || login.method.empty() || login.user.empty()) return;
    const std::string role = mesh.deploy_role(cause->domain);
    const auto replies = connection_.run_all(live::login_queries(login.user, role));
    for (const auto& reply : replies) {
      if (!reply && !reply.error().from_server) trouble_ = reply.error().describe();
    }
    if (!trouble_.empty()) return;
    if (const auto read = live::read_login(replies, login); !read)
      return could_not_ask_login(login, read.error().message);
    ask_methods(role, login);
    if (const auto out = check::find_logged_out(login, plan_.changes, desired)) report(login, *out);
  }

  void ask_methods(const std::string& role, Login& login) {
    const auto policies = check::policies_to_know(login, plan_.changes);
    std::vector<Query> queries;
    for (const auto& policy : policies) queries.push_back(live::methods_query(policy, role));
    const auto replies = connection_.run_all(queries);
    size_t i = 0;
    for (const auto& policy : policies) {
      const auto& reply = replies[i++];
      if (!reply && !reply.error().from_server) trouble_ = reply.error().describe();
      const auto methods = reply ? live::read_methods(*reply) : std::nullopt;
      if (methods) {
        login.methods.emplace(policy, *methods);
      } else {
        could_not_ask_login(login, reply ? "what authentication policy " + policy.display() + " says is not understood"
                                         : reply.error().message);
      }
    }
  }

  void could_not_ask_login(const Login& login, const std::string& why) {
    warn("MESH2034",
         fmt::format("whether user {} can log in after this plan could not be asked: {}",
                     Name::exact(login.user).display(), why),
         "see to it that what is then in force for it has " + login.method);
  }

  void report(const Login& login, const check::LoggedOut& out) {
    const std::string user = Name::exact(login.user).display();
    std::string what = fmt::format(
        "user {}, which runs this by {}, could {} log in: authentication policy {} would be in force for it, "
        "which has {}",
        user, login.method, out.for_a_moment ? "for a moment not" : "no longer", out.policy.display(),
        join(out.has, ", "));
    const std::string ways_out = fmt::format(
        "give it an authentication policy of its own with {0} first (users: {{{1}: {{authentication_policy: "
        "…}}}}, or ALTER USER {1} SET AUTHENTICATION POLICY), or let {2} have {0}",
        login.method, user, out.policy.display());
    if (out.certain) return refuse_lockout(out.address, out.place, std::move(what), ways_out);
    warn("MESH2035", what + "; unless its TYPE, which it is not told, is one that the policy is not for", ways_out,
         out.address, out.place);
  }

  void refuse_lockout(const std::string& address, Place place, std::string what, std::string ways_out) {
    plan_.refused.push_back({address, "MESH2035", std::move(what), std::move(ways_out), place});
  }

  void warn(const char* code, std::string what, std::string help, std::string address = {}, Place place = {}) {
    plan_.findings.push_back(
        {Severity::Warning, code, std::move(what), std::move(help), std::move(address), place, {}});
  }

  const Live& live_;
  bool applying_;
  Connection& connection_;
  Plan& plan_;
  std::set<std::string> told_;
  std::string trouble_;
};

}  // namespace

Status check_privileges(const Mesh& mesh, const Desired& desired, const Live& live, bool applying,
                        Connection& connection, Plan& plan) {
  return PrivilegeCheck(live, applying, connection, plan).run(mesh, desired);
}

std::optional<ExitCode> stop_without_control(const Mesh& mesh, const std::set<std::string>& domains,
                                             Connection& connection, const Console& console) {
  std::set<std::string> roles;
  for (const auto& domain : domains) roles.insert(mesh.deploy_role(domain));
  auto needed = apply::control_grants(mesh);
  std::erase_if(needed, [&](const GrantKey& key) { return roles.count(key.grantee.name.last().stored()) == 0; });
  const auto asked_for = needed.size();
  check::Preflight preflight(std::move(needed));
  for (auto asks = preflight.next(); !asks.empty(); asks = preflight.next()) {
    const auto replies = replies_to(asks, connection);
    for (size_t i = 0; i < asks.size(); ++i) {
      if (replies[i].ok()) {
        preflight.feed(asks[i], live::parse_role_grants(*replies[i]));
        continue;
      }
      const auto& error = replies[i].error();
      if (!is_not_to_be_taken(error)) return console.error("nothing was run: " + error.describe()), ExitCode::Failed;
      console.error(
          fmt::format("refused, nothing was run: this user cannot take role {}, which writes the ledger\n  {}",
                      asks[i].as_role, take_role(asks[i].as_role, {})));
      return ExitCode::Refused;
    }
  }
  const auto missing = preflight.missing();
  if (missing.empty()) return std::nullopt;
  std::string text = fmt::format(
      "refused, nothing was run: roles lack what the ledger in {} needs{}; mesh bootstrap makes and grants it",
      QualifiedName({mesh.control.database, mesh.control.schema}).display(),
      missing.size() == asked_for ? ", if there is one" : "");
  for (const auto& one : missing) text += "\n  " + one.remedy;
  console.error(text);
  return ExitCode::Refused;
}

}  // namespace mesh::cli
