// Defaults of arguments: no list and no DESCRIBE tells them, GET_DDL does (function entry, bulk_read). Asked where all
// is read (import, drift --deep), of those that have some.
#include "mesh/base/text.hpp"
#include "mesh/kinds/signature.hpp"
#include "reading.hpp"
#include "statements.hpp"

namespace mesh::live {
namespace {

bool has_defaults(const Object& routine) {
  const Value* optional = routine.find("optional_arguments");
  return optional != nullptr && *optional != Value(0);
}

// The defaults go to the arguments that DESCRIBE told, in order. Where the two do not fit nothing is taken.
void take_defaults(std::string_view ddl, Object& routine) {
  const auto told = kinds::arguments_of_ddl(ddl);
  const auto property = routine.properties.find("arguments");
  if (!told || property == routine.properties.end() || property->second.value.text() == nullptr) return;
  auto arguments = kinds::read_arguments(*property->second.value.text());
  if (arguments.size() != told->size()) return;
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i].name != (*told)[i].name) return;
    arguments[i].default_sql = (*told)[i].default_sql;
  }
  property->second.value = Value(kinds::arguments_text(arguments));
}

}  // namespace

void Reading::ask_defaults() {
  if (!scope_.deep) return;
  for (const auto& [id, object] : live_.state.objects) {
    if (!is_overloaded(id.kind) || !is_expected(id) || !has_defaults(object)) continue;
    asks_.ask({.sql = select_ddl(id),
               .role = interest_.role_for(id),
               .what = "the arguments of " + id.address(),
               .columns = {},
               .answered =
                   [this, id = id](Rows& rows) {
                     if (!rows.rows.empty() && !rows.rows.front().empty())
                       take_defaults(rows.rows.front().front().value_or(""), live_.state.objects.find(id)->second);
                   },
               // Whether it wants a warehouse no page says. Without an answer the defaults are not known.
               .failed = [](const StatementError& error) { return error.from_server; },
               .warehouse = control_warehouse()});
  }
}

}  // namespace mesh::live
