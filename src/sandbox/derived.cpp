#include "derived.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "governance_clauses.hpp"
#include "mesh/base/text.hpp"
#include "relations.hpp"
#include "sql_error.hpp"
#include "table_parts.hpp"
#include "types.hpp"

namespace mesh::sandbox {

void refuse_governance(const Parser& p) {
  for (const char* words : {"STORAGE LIFECYCLE POLICY", "DATA METRIC FUNCTION"}) {
    if (p.at(words) || p.at(std::string("WITH ") + words)) refuse_unsupported(words);
  }
}

DerivedList read_derived_list(Running& run, bool typed) {
  Parser& p = run.parser;
  DerivedList list;
  list.given = true;
  p.expect_symbol("(");
  do {
    DerivedColumn column;
    column.name = p.name();
    const auto governed = [&] {
      bool any = false;
      while (read_column_governance(p, column.governance)) any = true;
      return any;
    };
    if (!governed() && typed && p.peek().is_name() && !p.at("COMMENT"))
      column.type = read_type(p, session_value(run, "TIMESTAMP_TYPE_MAPPING")).text;
    governed();
    refuse_governance(p);
    if (p.accept("COMMENT")) {
      p.accept_symbol("=");
      column.comment = p.string();
    }
    list.columns.push_back(std::move(column));
  } while (p.accept_symbol(","));
  p.expect_symbol(")");
  return list;
}

bool has_governance(const DerivedList& list) {
  return std::any_of(list.columns.begin(), list.columns.end(), [](const DerivedColumn& c) {
    return !c.governance.tags.empty() || !c.governance.policies.empty();
  });
}

void hang(Running& run, Id relation, const DerivedList& list) {
  for (const DerivedColumn& column : list.columns) hang(run, relation, column.name, column.governance);
}

void keep_attachments(Running& run, const Object& relation, const std::vector<TableColumn>& columns) {
  const Object now{.columns = columns};
  const auto again = [&](int& id) {
    const TableColumn* old = find_column(relation, id);
    const TableColumn* found = old == nullptr ? nullptr : find_column(now, old->name);
    if (found != nullptr) id = found->id;
    return found != nullptr;
  };
  std::vector<Attachment> kept;
  for (Attachment a : relation.attachments) {
    if (a.column != 0 && !again(a.column)) continue;
    for (int& id : a.args) {
      const std::string gone = find_column(relation, id)->name;
      if (!again(id)) refuse_text(fmt::format("SQL compilation error:\nColumn '{}' is an argument of a policy.", gone));
    }
    kept.push_back(std::move(a));
  }
  run.catalog.attach(relation.id, std::move(kept));
}

Derived derive(Running& run, const Object& schema, const std::string& name, const std::string& query,
               const DerivedList& list) {
  StoredView stored;
  stored.database = run.catalog.at(schema.parent).name, stored.schema = schema.name, stored.name = name,
  stored.query = query;
  Derived derived;
  const std::vector<StoredColumn> found = describe(run, query, &stored, &derived);
  if (list.given && list.columns.size() != found.size())
    refuse_compilation("002020", "21S01", "Invalid column definition list");
  for (size_t i = 0; i < found.size(); ++i) {
    TableColumn column;
    column.id = static_cast<int>(i) + 1;
    column.name = list.given ? list.columns[i].name : found[i].name;
    column.type = list.given && !list.columns[i].type.empty() ? list.columns[i].type : found[i].type;
    column.nullable = found[i].nullable;
    if (list.given) column.comment = list.columns[i].comment;
    if (find_column(Object{.columns = derived.columns}, column.name) != nullptr)
      refuse_compilation("002025", "42S21", fmt::format("duplicate column name '{}'", column.name));
    derived.columns.push_back(std::move(column));
  }
  return derived;
}

std::string whole_text(std::string_view statement) {
  std::string_view text = trim(statement);
  while (!text.empty() && text.back() == ';') text = trim(text.substr(0, text.size() - 1));
  return std::string(text);
}

void alter_column_comments(Running& run, const Object& relation) {
  Parser& p = run.parser;
  do {
    p.accept("COLUMN");
    const std::string name = p.name();
    refuse_governance(p);
    if (p.at("SET") || (p.at("UNSET") && !p.at("UNSET COMMENT")))
      refuse_unsupported(fmt::format("ALTER {} ALTER COLUMN SET", facts(relation.kind).words));
    const bool unset = p.accept("UNSET COMMENT");
    if (!unset) p.expect("COMMENT");
    const std::string comment = unset ? "" : p.string();
    need_column(relation, name);
    for (TableColumn& column : run.catalog.edit(relation.id).columns) {
      if (column.name == name) column.comment = comment;
    }
  } while (p.accept_symbol(","));
  p.expect_end();
}

void track_changes(Running& run, const std::vector<Id>& relations,
                   void (*refuse)(const Running& run, const Object& relation)) {
  for (const Id id : relations) {
    const Object& relation = run.catalog.at(id);
    if ((relation.kind != Kind::Table && relation.kind != Kind::View) || relation.flag("CHANGE_TRACKING")) continue;
    if (!run.access.owns(relation)) refuse(run, relation);
    run.catalog.edit(id).props["CHANGE_TRACKING"] = "true";
  }
}

std::string invalid_reason(const Catalog& catalog, const Object& view) {
  if (view.flag("SUSPENDED")) return "Marked Materialized View as invalid manually.";
  for (const Id id : ids_of(view, "SOURCES")) {
    const Object* base = catalog.find(id);
    if (base != nullptr && catalog.live(*base)) continue;
    return fmt::format("DDL Statement was executed on the base table '{}'. Marked Materialized View as invalid.",
                       view.prop("BASE_TABLE"));
  }
  return "";
}

void refuse_unreadable(const Running& run, const Object& relation) {
  if (relation.kind == Kind::DynamicTable && relation.flag("EMPTY")) {
    // docs: dynamic-tables/error-codes; the words are the entry's, the SQLSTATE is unconfirmed.
    refuse_compilation("002741", "02000",
                       fmt::format("Dynamic Table '{}' is not initialized. Please run a manual refresh or wait for a "
                                   "scheduled refresh before querying.",
                                   relation.name));
  }
  if (relation.kind != Kind::MaterializedView) return;
  const std::string reason = invalid_reason(run.catalog, relation);
  if (reason.empty()) return;
  // docs: alter-materialized-view; the code is unconfirmed.
  refuse("002037", "42601",
         fmt::format("SQL compilation error:\nFailure during expansion of view '{0}': SQL compilation error:\n"
                     "Materialized View {0} is invalid. Invalidation reason: {1}",
                     relation.name, reason));
}

std::string kept_ids(const std::vector<Id>& ids) {
  std::vector<std::string> texts;
  for (const Id id : ids) texts.push_back(std::to_string(id));
  return join(texts, ",");
}

std::vector<Id> ids_of(const Object& object, std::string_view property) {
  std::vector<Id> ids;
  for (const std::string& text : split(object.prop(property), ',')) {
    if (!text.empty()) ids.push_back(std::stoll(text));
  }
  return ids;
}

}  // namespace mesh::sandbox
