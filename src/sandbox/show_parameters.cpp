// SHOW PARAMETERS (account_parameter entry).

#include "parameters.hpp"
#include "routine.hpp"
#include "show.hpp"
#include "sql_error.hpp"

namespace mesh::sandbox {
namespace {

struct Target {
  const Object* object = nullptr;
  unsigned levels = kSessionLevel;
  bool session = true;
};

Target of_object(const Object& object) { return {&object, level_of(object.kind), false}; }

bool clause_follows(const Parser& p) { return p.at_end() || p.at_symbol(";") || p.at("LIKE"); }

Target read_target(Running& run) {
  Parser& p = run.parser;
  if (p.accept("SESSION")) return {run.catalog.find(run.user), kSessionLevel, true};
  if (p.accept("ACCOUNT")) return of_object(run.home());
  const auto kind = p.kind();
  if (!kind || level_of(*kind) == 0) p.unexpected();
  NameParts name;
  if (!clause_follows(p)) {
    name = read_object_name(run, *kind);
  } else if (*kind == Kind::User) {
    name = {run.session.user};
  } else if (*kind == Kind::Database) {
    name = {run.session.database};
  } else if (*kind == Kind::Schema) {
    name = {run.session.database, run.session.schema};
  } else if (*kind == Kind::Warehouse) {
    name = {run.session.warehouse};
  } else {
    p.unexpected();
  }
  return of_object(need_scope(run, *kind, name));
}

Setting session_setting(const Running& run, const Target& target, const Parameter& parameter) {
  if (target.session && parameter.name == "QUERY_TAG" && !run.session.query_tag.empty())
    return {run.session.query_tag, "SESSION"};
  const Object& object = target.object != nullptr ? *target.object : run.home();
  return effective(run.catalog, object, parameter);
}

}  // namespace

ResultSet show_parameters(Running& run) {
  Parser& p = run.parser;
  ShowClauses clauses;
  Target target{run.catalog.find(run.user), kSessionLevel, true};
  while (!p.at_end() && !p.at_symbol(";")) {
    if (p.accept("LIKE")) {
      clauses.like = p.string();
    } else if (p.accept("IN") || p.accept("FOR")) {
      target = read_target(run);
    } else {
      p.unexpected();
    }
  }
  p.expect_end();
  ResultSet result;
  result.columns = columns_of({"T:key", "T:value", "T:default", "T:level", "T:description", "T:type"});
  for (const Parameter& parameter : all_parameters()) {
    if ((parameter.levels & target.levels) == 0 || !name_matches(clauses, parameter.name)) continue;
    Setting setting = session_setting(run, target, parameter);
    result.rows.push_back({std::string(parameter.name), std::move(setting.value), std::string(parameter.initial),
                           std::move(setting.level), std::string(parameter.description),
                           std::string(type_name(parameter))});
  }
  return result;
}

}  // namespace mesh::sandbox
