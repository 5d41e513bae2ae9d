#include "routine.hpp"

#include <fmt/format.h>

#include "mesh/base/text.hpp"
#include "metrics.hpp"
#include "sql_error.hpp"
#include "table_parts.hpp"
#include "types.hpp"

namespace mesh::sandbox {
namespace {

bool argument_ends(const Parser& p) { return p.at_symbol(",") || p.at_symbol(")"); }

// A type alone at the cursor; empty, with the cursor where it was, where something else stands there.
std::string try_type(Running& run) {
  const size_t mark = run.parser.mark();
  try {
    std::string type = read_routine_type(run);
    if (argument_ends(run.parser)) return type;
  } catch (const SqlError&) {  // no type: perhaps the argument's name
  }
  run.parser.back_to(mark);
  return "";
}

TableColumn read_argument(Running& run, bool* named) {
  TableColumn argument;
  argument.type = try_type(run);
  if (!argument.type.empty()) return argument;
  if (named == nullptr) {
    read_routine_type(run);
    run.parser.unexpected();
  }
  *named = true;
  run.parser.name();
  argument.type = read_routine_type(run);
  if (run.parser.accept("DEFAULT")) run.parser.expression();
  return argument;
}

}  // namespace

bool is_routine(Kind kind) { return kind == Kind::Function || kind == Kind::Procedure; }

std::string short_type(const std::string& normal) {
  const TypeParts parts = type_parts(normal);
  return parts.numbers.empty() ? normal : parts.base;
}

std::string routine_key(const std::string& name, const std::vector<TableColumn>& arguments) {
  std::vector<std::string> types;
  for (const auto& argument : arguments) types.push_back(short_type(argument.type));
  return fmt::format("{}({})", name, join(types, ", "));
}

std::string read_routine_type(Running& run) {
  const size_t from = run.parser.mark();
  std::string type = read_type(run.parser, session_value(run, "TIMESTAMP_TYPE_MAPPING")).text;
  const bool sized = run.parser.source(from, run.parser.mark()).find('(') != std::string::npos;
  if (!sized && type == "VARCHAR(16777216)") return "VARCHAR(134217728)";
  if (!sized && type == "BINARY(8388608)") return "BINARY(67108864)";
  return type;
}

NameParts read_object_name(Running& run, Kind kind, bool* named) {
  Parser& p = run.parser;
  NameParts name = p.qualified();
  if (kind == Kind::DataMetricFunction) name.back() = read_metric_key(run, name.back());
  if (!is_routine(kind)) return name;
  if (!p.accept_symbol("(")) {
    // The page's words speak of functions whatever the kind (function and procedure entries, errors).
    refuse("090208", "42601",
           fmt::format("Argument types of function '{}' must be specified.", quoted_if_needed(name.back())));
  }
  std::vector<TableColumn> arguments;
  while (!p.accept_symbol(")")) {
    if (!arguments.empty()) p.expect_symbol(",");
    arguments.push_back(read_argument(run, named));
  }
  name.back() = routine_key(name.back(), arguments);
  return name;
}

std::string signature_of(const Object& routine) {
  std::vector<std::string> arguments;
  for (const auto& argument : routine.columns) arguments.push_back(argument.name + " " + short_type(argument.type));
  std::string returns = routine.prop("RETURNS");
  // Table functions print TABLE: (COL TYPE) there (docs: show-grants, ...GET_CONFIG():TABLE: ()).
  if (returns.starts_with("TABLE (")) returns = "TABLE: " + routine.prop("RETURNS_SHORT").substr(6);
  return fmt::format("{}({}):{}", plain_name(routine), join(arguments, ", "), returns);
}

}  // namespace mesh::sandbox
