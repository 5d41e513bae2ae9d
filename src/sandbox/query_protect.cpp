// Masking and row access policies over a table or view (docs: security-column-intro, security-row-intro): rows are
// chosen first, by the values as they are, then columns are masked.

#include <fmt/format.h>

#include <algorithm>

#include "query_error.hpp"
#include "query_translate.hpp"
#include "query_translate_nested.hpp"

namespace mesh::sandbox::query {

// Inside a policy's body names resolve beside the policy and tables are read with its owner's rights, while the
// session's functions see the querying session (row_access_policy entry, quirks).
class Translator::InPolicy {
 public:
  InPolicy(Translator& translator, const StoredPolicy& policy, std::vector<std::string> place)
      : context_(view_of(policy)), nested_(translator, context_), translator_(translator) {
    std::swap(translator_.protected_, place_ = std::move(place));
  }
  ~InPolicy() { std::swap(translator_.protected_, place_); }
  InPolicy(const InPolicy&) = delete;
  InPolicy& operator=(const InPolicy&) = delete;

 private:
  static StoredView view_of(const StoredPolicy& policy) {
    StoredView view;
    view.database = policy.database, view.schema = policy.schema, view.name = policy.name;
    view.owner = policy.owner;
    return view;
  }

  StoredView context_;
  Nested nested_;
  Translator& translator_;
  std::vector<std::string> place_;
};

Typed Translator::policy_value(const StoredPolicy& policy, const Source& source, const std::string& column) {
  Scope scope;
  Source arguments;
  for (size_t i = 0; i < policy.columns.size(); ++i) {
    const auto found = std::find_if(source.columns.begin(), source.columns.end(),
                                    [&](const ScopeColumn& c) { return c.name == policy.columns[i]; });
    if (found == source.columns.end()) refuse_unsupported("policies over columns that are gone");
    arguments.columns.push_back({policy.arguments[i], found->value});
  }
  scope.sources.push_back(std::move(arguments));
  std::vector<std::string> place = source.path;
  place.push_back(column);
  const InPolicy inside(*this, policy, std::move(place));
  return foreign_expression(policy.body, scope);
}

std::string Translator::protected_rows(const Protection& protection, const Source& source, const std::string& from,
                                       const FromItem& item, Scope& scope) {
  if (inside_ != nullptr && inside_->keeps_rows) refuse_unsupported("rows kept from what policies protect");
  if (!protection.refused.empty()) refuse_unsupported(protection.refused);
  if (!protection.broken.empty()) throw SqlError{"002100", "42601", protection.broken};
  Relational rows;
  std::string list;
  for (const ScopeColumn& column : source.columns) {
    Typed value = column.value;
    if (const auto mask = protection.masks.find(column.name); mask != protection.masks.end()) {
      // The masked value keeps the column's type, but for the length of text.
      const Type type = value.type.kind == Kind::Text ? text_type() : value.type;
      value.sql = cast(policy_value(mask->second, source, column.name), type).sql;
      value.type = type, value.nullable = true;
    }
    rows.columns.push_back({column.name, value.type, value.nullable, value.origin});
    list += fmt::format("{}{} AS c{}", list.empty() ? "" : ", ", value.sql, rows.columns.size());
  }
  std::string where;
  for (const StoredPolicy& policy : protection.rows)
    where += (where.empty() ? " WHERE " : " AND ") + truth(policy_value(policy, source, "")).sql;
  rows.sql = fmt::format("SELECT {} FROM {}{}", list, from, where);
  return derived(rows, item, scope, source.path);
}

}  // namespace mesh::sandbox::query
