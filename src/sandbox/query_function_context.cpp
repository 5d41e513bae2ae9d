// Functions of the session, the clock and chance.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "mesh/base/text.hpp"
#include "query_error.hpp"
#include "query_function_tables.hpp"
#include "query_json.hpp"

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

// In the body of a policy they are those of the protected object (row_access_policy entry, quirks).
Typed current_database(Call& call) {
  const auto& place = call.translator.protected_place();
  return context_text(place.empty() ? call.translator.caller().database : place[0]);
}
Typed current_schema(Call& call) {
  const auto& place = call.translator.protected_place();
  return context_text(place.empty() ? call.translator.caller().schema : place[1]);
}

Typed one_of_roles(Call& call, const std::vector<std::string>& roles) {
  const Typed& name = call.args[0];
  if (name.type.kind != Kind::Text && name.type.kind != Kind::Null) wrong_types(call);
  std::string list;
  for (const std::string& role : roles) list += (list.empty() ? "" : ", ") + quote_text(role);
  return derive(fmt::format("({} IN ({}))", name.sql, list), plain_type(Kind::Boolean), {&name});
}
Typed is_role_in_session(Call& call) { return one_of_roles(call, call.translator.relations().session_roles()); }

// In a policy the database is that of the protected object, in a query the session's; a name with its database in front
// is no role's name, and so FALSE (docs: is_database_role_in_session). In a view it depends on how the view is named.
Typed is_database_role_in_session(Call& call) {
  const auto& place = call.translator.protected_place();
  if (place.empty() && call.translator.inside_view()) refuse_unsupported(call.name + " in a view");
  const std::string& database = place.empty() ? call.translator.caller().database : place[0];
  if (database.empty()) {
    refuse("002100", "42601",
           fmt::format("Could not resolve the database for IS_DATABASE_ROLE_IN_SESSION({})",
                       call.translator.source_text(call.expr.args[0])));
  }
  return one_of_roles(call, call.translator.relations().session_database_roles(database));
}

Typed available_roles(Call& call) {
  std::string list;
  for (const std::string& role : call.translator.relations().available_roles())
    list += (list.empty() ? "" : ", ") + json_quote(role);
  return context_text("[ " + list + " ]");
}

Typed get_tag(Call& call) {
  std::vector<std::string> arguments;
  for (const Expr& expr : call.expr.args) {
    const auto text = constant_text(expr);
    if (!text) refuse_unsupported(call.name + " with a computed argument");
    arguments.push_back(*text);
  }
  const Cell value = call.translator.relations().tag_function(call.name, arguments, call.translator.protected_place());
  if (!value) return {.sql = "NULL", .type = text_type()};
  Typed text = text_literal(*value);
  text.type = text_type(), text.nullable = true;
  return text;
}

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
    Special{"CURRENT_DATABASE", 0, 0, current_database},
    Special{"CURRENT_SCHEMA", 0, 0, current_schema},
    Special{"CURRENT_AVAILABLE_ROLES", 0, 0, available_roles},
    Special{"IS_ROLE_IN_SESSION", 1, 1, is_role_in_session},
    Special{"IS_DATABASE_ROLE_IN_SESSION", 1, 1, is_database_role_in_session},
    Special{"SYSTEM$GET_TAG", 3, 3, get_tag},
    Special{"GET_DDL", 2, 2, get_tag},
    Special{"SYSTEM$GET_TAG_ALLOWED_VALUES", 1, 1, get_tag},
    Special{"SYSTEM$GET_TAG_ON_CURRENT_TABLE", 1, 1, get_tag},
    Special{"SYSTEM$GET_TAG_ON_CURRENT_COLUMN", 1, 1, get_tag},
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
