#include "table_parts.hpp"

#include <algorithm>

#include "mesh/sql/columns.hpp"
#include "mesh/sql/search_target.hpp"

namespace mesh::diff_parts {
namespace {

using Targets = std::vector<SearchTarget>;

const Column* find(const std::vector<Column>& columns, const Name& name) {
  const auto it = std::find_if(columns.begin(), columns.end(), [&](const Column& c) { return c.name == name; });
  return it == columns.end() ? nullptr : &*it;
}

void rename(Name& name, const std::map<Name, Name>& renamed) {
  if (const auto to = renamed.find(name); to != renamed.end()) name = to->second;
}

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> those) {
  return std::find(those.begin(), those.end(), word) != those.end();
}

// Whether `*`, and ADD without ON, surely take such a column (alter-table; queries-that-benefit, supported data types).
// Of the others it is not told, or only for one of the two: they are neither missed nor too much.
bool surely_takes(std::string_view method, const Column& column) {
  const std::string family = column.type.family();
  if (column.virtual_as) return false;
  if (method == "GEO") return family == "GEOGRAPHY";
  if (method != "EQUALITY") return family == "VARCHAR" && column.collate.empty();
  return is_one_of(family,
                   {"NUMBER", "VARCHAR", "BINARY", "DATE", "TIME", "TIMESTAMP_NTZ", "TIMESTAMP_LTZ", "TIMESTAMP_TZ"});
}

bool has(const Targets& targets, const SearchTarget& target) {
  return std::find(targets.begin(), targets.end(), target) != targets.end();
}

bool has_column(const Targets& targets, const SearchTarget& star, const Name& column) {
  SearchTarget wanted = star;
  wanted.column = column;
  return has(targets, wanted);
}

// `*` stands for whatever it took when it was added, so that columns added since are missing.
bool is_there(const SearchTarget& wanted, const Object& desired, const Targets& live) {
  if (wanted.column) return has(live, wanted);
  const bool any = std::any_of(live.begin(), live.end(), [&](const SearchTarget& target) {
    return target.method == wanted.method && target.analyzer == wanted.analyzer;
  });
  return any && std::all_of(desired.columns.begin(), desired.columns.end(), [&](const Column& column) {
           return !surely_takes(wanted.method, column) || has_column(live, wanted, column.name);
         });
}

bool is_wanted(const SearchTarget& live, const Targets& wanted) {
  return std::any_of(wanted.begin(), wanted.end(), [&](const SearchTarget& target) {
    if (target.column) return target == live;
    return target.method == live.method && target.analyzer == live.analyzer && live.path.empty();
  });
}

Value shown(const SearchOptimization& search) {
  if (!search.on) return {};
  ValueList targets;
  for (const auto& target : search.targets) targets.emplace_back(sql::to_display(target));
  return targets.empty() ? Value(true) : Value(std::move(targets));
}

}  // namespace

std::map<Name, Name> renames(const Object& desired, const Object& live) {
  std::map<Name, Name> renamed;
  for (const auto& column : desired.columns) {
    if (!column.renamed_from || find(live.columns, column.name) != nullptr) continue;
    if (find(live.columns, *column.renamed_from) != nullptr) renamed.emplace(*column.renamed_from, column.name);
  }
  return renamed;
}

Object with_renamed_columns(const Object& desired, const Object& live) {
  Object out = live;
  const auto renamed = renames(desired, live);
  if (renamed.empty()) return out;
  for (auto& constraint : out.constraints) {
    for (auto& name : constraint.columns) rename(name, renamed);
    if (constraint.references != live.id.name) continue;
    for (auto& name : constraint.references_columns) rename(name, renamed);
  }
  if (out.checks) {
    for (auto& check : *out.checks) check.condition.text = sql::rename_columns(check.condition.text, renamed);
  }
  for (auto& column : out.columns) {
    if (column.virtual_as) column.virtual_as->text = sql::rename_columns(column.virtual_as->text, renamed);
  }
  if (out.search_optimization) {
    for (auto& target : out.search_optimization->targets) {
      if (target.column) rename(*target.column, renamed);
    }
  }
  return out;
}

std::vector<const Column*> in_order_of_dropping(const std::vector<Column>& columns) {
  std::vector<const Column*> order;
  for (auto it = columns.rbegin(); it != columns.rend(); ++it) {
    if (it->virtual_as) order.push_back(&*it);
  }
  for (const auto& column : columns) {
    if (!column.virtual_as) order.push_back(&column);
  }
  return order;
}

std::optional<SearchChange> search_change(const Object& desired, const Object& live) {
  // What SHOW TABLES does not tell is off (table entry).
  const auto wanted = desired.search_optimization.value_or(SearchOptimization{});
  const auto now = live.search_optimization.value_or(SearchOptimization{});
  SearchChange change;
  change.before = shown(now);
  change.after = shown(wanted);
  if (!wanted.on) {
    change.drop_all = true;
    return now.on ? std::optional(change) : std::nullopt;
  }
  if (now.on && !now.targets_known) return std::nullopt;
  const auto targets = wanted.whole_table ? Targets{{.method = "EQUALITY"}} : wanted.targets;
  for (const auto& target : now.targets) {
    // What a dropped column was optimized for goes with it.
    const bool stays = !target.column || find(desired.columns, *target.column) != nullptr;
    if (stays && !is_wanted(target, targets)) change.drop.push_back(target);
  }
  for (const auto& target : targets) {
    if (!is_there(target, desired, now.targets)) change.add.push_back(target);
  }
  if (!wanted.whole_table) {
    return change.drop.empty() && change.add.empty() ? std::nullopt : std::optional(change);
  }
  // DROP .. ON ends that columns added later join by themselves (search-optimization/enabling), so ADD follows it.
  change.add_all = !change.add.empty() || !change.drop.empty();
  change.add.clear();
  return change.add_all ? std::optional(change) : std::nullopt;
}

}  // namespace mesh::diff_parts
