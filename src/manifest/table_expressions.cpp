#include "table_expressions.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "mesh/base/text.hpp"
#include "mesh/sql/columns.hpp"
#include "mesh/sql/search_target.hpp"

namespace mesh::manifest {
namespace {

size_t position_of(const Object& table, const Name& name) {
  const auto found = std::find_if(table.columns.begin(), table.columns.end(),
                                  [&](const Column& column) { return column.name == name; });
  return static_cast<size_t>(found - table.columns.begin());
}

struct Objection {
  std::string what, help;
};

// Rules of the page virtual-columns.
std::optional<Objection> objection(const Object& table, const ExpressionUse& use, const Column& mentioned) {
  const std::string name = mentioned.name.display();
  switch (use.in) {
    case ExpressionUse::In::Check:
      if (!mentioned.virtual_as) return std::nullopt;
      return Objection{fmt::format("column {} is virtual, and a check cannot use it", name),
                       "check the columns that it is computed from"};
    case ExpressionUse::In::ClusterKey:
      if (!mentioned.virtual_as) return std::nullopt;
      return Objection{fmt::format("column {} is virtual, and a table cannot be clustered by it", name),
                       "write its expression as the key"};
    case ExpressionUse::In::Virtual:
      break;
  }
  if (mentioned.default_value) {
    return Objection{
        fmt::format("column {} has a default, and the virtual column {} cannot use it", name, use.owner.display()),
        "take the default out, or compute the value in a view"};
  }
  if (!mentioned.virtual_as || position_of(table, mentioned.name) < position_of(table, use.owner)) return std::nullopt;
  return Objection{fmt::format("the virtual column {} is used before it is defined", name),
                   fmt::format("declare it above {}", use.owner.display())};
}

// "*" and columns for one method.
void report_mixed(const std::vector<SearchTarget>& targets, Diagnostics& diagnostics) {
  for (const auto& target : targets) {
    const bool mixed = !target.column && std::any_of(targets.begin(), targets.end(), [&](const SearchTarget& other) {
      return other.method == target.method && other.column;
    });
    if (!mixed) continue;
    diagnostics.error("MESH1303", target.place, fmt::format("{} has both * and columns of its own", target.method),
                      "keep one of them");
  }
}

}  // namespace

void read_checks(const Site& site, const Node& node, Object& table, std::vector<ExpressionUse>& uses,
                 std::vector<ColumnUse>& names) {
  table.checks.emplace();
  if (!expect_map(node, "check", site.diagnostics())) return;
  for (const auto& [key, value] : entries(node)) {
    const auto name = read_name(key.text, key.place, "a constraint", site.diagnostics());
    if (!name) continue;
    names.push_back({*name, key.place});
    auto condition = read_fragment(site, value, sql::FragmentKind::Expression, "check");
    if (!condition) continue;
    uses.push_back({ExpressionUse::In::Check, *name, value});
    table.checks->push_back({*name, std::move(*condition), key.place});
  }
  // A map has no order.
  std::sort(table.checks->begin(), table.checks->end(), [](const Check& a, const Check& b) { return a.name < b.name; });
}

void read_search_optimization(const Site& site, const Node& node, Object& table, std::vector<ColumnUse>& columns) {
  auto& search = table.search_optimization.emplace();
  if (node.is_scalar() && node.is_boolean()) {
    search.on = search.whole_table = read_bool(node, "search_optimization", site.diagnostics()).value_or(false);
    return;
  }
  const auto add = [&](const Node& item) {
    const auto text = read_text(item, "search_optimization", site.diagnostics());
    if (!text) return;
    auto method = sql::parse_search_method(*text);
    if (!method) {
      auto problem = method.error();
      // [EQUALITY(A, B)] is a list of two texts to YAML.
      if (problem.offset >= text->size())
        problem.help = "between [ and ] a text with a comma needs quotes: [\"EQUALITY(A, B)\"]";
      site.diagnostics().error("MESH1304", item.place_in(problem.offset, problem.length),
                               fmt::format("search_optimization: {}", problem.message), problem.help);
      return;
    }
    for (size_t i = 0; i < method->targets.size(); ++i) {
      auto target = method->targets[i];
      target.place = item.place_in(method->spans[i].offset, method->spans[i].length);
      if (target.column) columns.push_back({*target.column, target.place});
      const bool repeated = std::find(search.targets.begin(), search.targets.end(), target) != search.targets.end();
      if (!repeated) search.targets.push_back(std::move(target));
    }
  };
  if (node.is_list()) {
    for (const auto& item : node.items) add(item);
  } else {
    add(node);
  }
  search.on = !search.targets.empty();
  report_mixed(search.targets, site.diagnostics());
}

void check_expressions(const Object& table, const std::vector<ExpressionUse>& uses, Diagnostics& diagnostics) {
  for (const auto& use : uses) {
    for (const auto& mention : sql::mentioned_columns(use.node.text)) {
      const auto at = position_of(table, mention.name);
      const auto wrong = at < table.columns.size() ? objection(table, use, table.columns[at]) : std::nullopt;
      if (wrong) {
        diagnostics.error("MESH1303", use.node.place_in(mention.begin, mention.end - mention.begin), wrong->what,
                          wrong->help);
      }
    }
  }
}

void check_search_targets(const Object& table, Diagnostics& diagnostics) {
  if (!table.search_optimization) return;
  for (const auto& target : table.search_optimization->targets) {
    if (target.method != "GEO" || !target.column) continue;
    const auto at = position_of(table, *target.column);
    if (at == table.columns.size()) continue;
    const auto& type = table.columns[at].type;
    if (type.family() == "GEOGRAPHY") continue;
    diagnostics.error(
        "MESH1303", target.place,
        fmt::format("GEO takes GEOGRAPHY columns, and {} is {}", target.column->display(), type.to_string()),
        "EQUALITY and SUBSTRING take columns of other types");
  }
}

}  // namespace mesh::manifest
