// Functions of the session, the clock and chance.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "mesh/base/text.hpp"
#include "query_error.hpp"
#include "query_function_tables.hpp"

namespace mesh::sandbox::query {
namespace {

Typed now_as(const Call& call, const Type& type) {
  const Typed now{.sql = fmt::format("{}", call.translator.now()), .type = scaled_type(Kind::Ltz), .nullable = false};
  Typed result = cast(now, type);
  result.type = type;
  return result;
}
// CURRENT_TIMESTAMP(3) and the like: so many decimals.
int decimals(const Call& call) { return static_cast<int>(std::clamp<int64_t>(constant_number(call, 0, 9), 0, 9)); }
Typed current_timestamp(Call& call) { return now_as(call, scaled_type(Kind::Ltz, decimals(call))); }
Typed local_timestamp(Call& call) { return now_as(call, scaled_type(Kind::Ntz)); }
Typed current_date(Call& call) { return now_as(call, plain_type(Kind::Date)); }
Typed current_time(Call& call) { return now_as(call, scaled_type(Kind::Time, decimals(call))); }

Typed context_text(const std::string& value) {
  if (value.empty()) return {.sql = "NULL", .type = text_type()};
  Typed text = text_literal(value);
  text.type = text_type();
  text.nullable = true;
  return text;
}

// ORG-ACCOUNT, or a single word that is all the account has for a name.
std::string account_part(const std::string& account, bool organization) {
  const auto hyphen = account.find('-');
  if (hyphen == std::string::npos) return account;
  return organization ? account.substr(0, hyphen) : account.substr(hyphen + 1);
}

std::string secondary_roles(const Session& session) {
  return session.secondary_roles_all ? R"({"roles":"","value":"ALL"})" : R"({"roles":"","value":""})";
}

// A function of the session that gives text.
template <std::string (*kValue)(const Session&)>
Typed of_session(Call& call) {
  return context_text(kValue(call.translator.caller()));
}
template <std::string Session::*kMember>
Typed member(Call& call) {
  return context_text(call.translator.caller().*kMember);
}
std::string account_name(const Session& session) { return account_part(session.account, false); }
std::string organization(const Session& session) { return account_part(session.account, true); }
std::string version(const Session&) { return "10.36.101"; }
std::string region(const Session&) { return "AWS_EU_CENTRAL_1"; }
std::string session_number(const Session&) { return "1"; }
std::string no_transaction(const Session&) { return ""; }
std::string role_type(const Session&) { return "ROLE"; }

Typed current_statement(Call& call) { return context_text(std::string(call.translator.statement_text())); }

// The text alone; the wire does the waiting, outside of the engine's lock.
Typed system_wait(Call& call) {
  const auto amount = constant_number(call, 0, 0);
  std::string unit = "SECONDS";
  if (call.expr.args.size() > 1) unit = constant_text(call.expr.args[1]).value_or(unit);
  return text_literal(fmt::format("waited {} {}", amount, to_lower(unit)));
}

Typed system_typeof(Call& call) { return text_literal(spell(call.args[0].type)); }

Typed uuid_string(Call& call) {
  if (!call.args.empty()) refuse_unsupported("UUID_STRING with a namespace");
  return {.sql = "sf_uuid()", .type = text_type(), .nullable = false};
}

Typed random_number(Call& call) {
  if (!call.args.empty()) refuse_unsupported("RANDOM with a seed");
  return {.sql = "random()", .type = number_type(19, 0), .nullable = false};
}

Typed hash(Call& call) {
  std::vector<Typed> args;
  for (const Typed& arg : call.args) args.push_back(arg.type.is_json() ? arg : cast(arg, text_type()));
  Typed result = invoke("sf_hash", number_type(19, 0), args);
  result.nullable = false;
  return result;
}

constexpr std::array kFunctions = {
    Special{"CURRENT_ROLE", 0, 0, member<&Session::role>},
    Special{"CURRENT_USER", 0, 0, member<&Session::user>},
    Special{"CURRENT_ACCOUNT", 0, 0, member<&Session::account>},
    Special{"CURRENT_DATABASE", 0, 0, member<&Session::database>},
    Special{"CURRENT_SCHEMA", 0, 0, member<&Session::schema>},
    Special{"CURRENT_WAREHOUSE", 0, 0, member<&Session::warehouse>},
    Special{"CURRENT_ACCOUNT_NAME", 0, 0, of_session<account_name>},
    Special{"CURRENT_ORGANIZATION_NAME", 0, 0, of_session<organization>},
    Special{"CURRENT_SECONDARY_ROLES", 0, 0, of_session<secondary_roles>},
    Special{"CURRENT_VERSION", 0, 0, of_session<version>},
    Special{"CURRENT_REGION", 0, 0, of_session<region>},
    Special{"CURRENT_SESSION", 0, 0, of_session<session_number>},
    Special{"CURRENT_TRANSACTION", 0, 0, of_session<no_transaction>},
    Special{"CURRENT_ROLE_TYPE", 0, 0, of_session<role_type>},
    Special{"CURRENT_TIMESTAMP", 0, 1, current_timestamp},
    Special{"GETDATE", 0, 0, current_timestamp},
    Special{"SYSTIMESTAMP", 0, 0, current_timestamp},
    Special{"LOCALTIMESTAMP", 0, 1, current_timestamp},
    Special{"SYSDATE", 0, 0, local_timestamp},
    Special{"CURRENT_DATE", 0, 0, current_date},
    Special{"CURRENT_TIME", 0, 1, current_time},
    Special{"LOCALTIME", 0, 1, current_time},
    Special{"CURRENT_STATEMENT", 0, 0, current_statement},
    Special{"SYSTEM$WAIT", 1, 2, system_wait},
    Special{"SYSTEM$TYPEOF", 1, 1, system_typeof},
    Special{"UUID_STRING", 0, 2, uuid_string},
    Special{"RANDOM", 0, 1, random_number},
    Special{"HASH", 1, kMany, hash},
};

}  // namespace

std::span<const Special> context_functions() { return kFunctions; }

}  // namespace mesh::sandbox::query
