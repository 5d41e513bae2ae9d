// Materialized views (docs: create-materialized-view, alter-materialized-view). They are read through their query, so
// they are always up to date; SOURCES keeps the base table.

#include <algorithm>

#include <fmt/format.h>

#include "ddl.hpp"
#include "derived.hpp"
#include "governance.hpp"
#include "sql_error.hpp"
#include "table_properties.hpp"

namespace mesh::sandbox {
namespace {

const PropertySpecs kSpecs = {{"COMMENT", {}}};

struct MaterializedText {
  DerivedList list;
  bool copy_grants = false;
  std::string cluster_by, query;
  Settings settings;
};

MaterializedText read_view(Running& run) {
  Parser& p = run.parser;
  MaterializedText view;
  // COPY GRANTS before the columns, other than in a view (materialized_view entry, statements).
  view.copy_grants = p.accept("COPY GRANTS");
  if (p.at_symbol("(")) view.list = read_derived_list(run, false);
  while (!p.accept("AS")) {
    refuse_governance(p);
    if (p.accept("CLUSTER BY")) {
      view.cluster_by = read_cluster_by(p);
    } else if (p.peek().is_name() && p.at_symbol("=", 1)) {
      read_settings(p, Kind::MaterializedView, kSpecs, view.settings);
    } else {
      p.unexpected();
    }
  }
  view.query = p.rest();
  if (view.query.empty()) p.unexpected();
  return view;
}

// The limitations are documented (views-materialized), the texts of their refusals are not.
void check_query(const Running& run, const std::string& query, const Derived& derived) {
  const auto tokens = lex(query);
  for (size_t i = 0; tokens && i < tokens->size(); ++i) {
    const Token& token = (*tokens)[i];
    for (const char* word : {"HAVING", "OVER", "UNION", "QUALIFY", "LIMIT", "JOIN"}) {
      if (token.is(word)) refuse_text(fmt::format("SQL compilation error:\nInvalid materialized view: {}.", word));
    }
    if (token.is("ORDER") && (*tokens)[i + 1].is("BY"))
      refuse_text("SQL compilation error:\nInvalid materialized view: ORDER BY.");
  }
  if (derived.sources.size() != 1)
    refuse_text("SQL compilation error:\nInvalid materialized view: it must read one table.");
  const Object& base = run.catalog.at(derived.sources[0]);
  if (base.kind != Kind::Table) {
    refuse_text(
        fmt::format("SQL compilation error:\nInvalid materialized view: it cannot read a {}.", lower_words(base.kind)));
  }
}

// Masked columns and tables under a row access policy or a tag that masks stay out (governance-reading.md section 3.3);
// codes by analogy with other unsupported features.
void refuse_protected(const Running& run, const std::string& query, const Object& base) {
  if (find_attachment(run.catalog, base, Kind::RowAccessPolicy, 0) != nullptr)
    refuse_unsupported("CREATE ON OBJECTS ENFORCED BY ROW ACCESS POLICY");
  const auto tokens = lex(query);
  for (const TableColumn& column : base.columns) {
    for (const MaskInForce& mask : masks_in_force(run.catalog, base, column)) {
      const auto reads = [&](const Token& token) {
        return token.symbol("*") || (token.is_name() && token.folded() == column.name);
      };
      if (mask.tag != nullptr || !tokens || std::any_of(tokens->begin(), tokens->end(), reads))
        refuse_unsupported("CREATE ON MASKING POLICY COLUMN");
    }
  }
}

Object view_from(Running& run, const Object& schema, const std::string& name, const CreateHead& head,
                 const MaterializedText& text) {
  Derived derived = derive(run, schema, name, text.query, text.list);
  check_query(run, text.query, derived);
  refuse_protected(run, text.query, run.catalog.at(derived.sources[0]));
  Object view;
  view.props = text.settings.props;
  if (head.secure) view.props["SECURE"] = "true";
  view.props["QUERY"] = text.query;
  view.props["TEXT"] = whole_text(run.parser.text());
  view.props["SOURCES"] = kept_ids(derived.sources);
  view.props["BASE_TABLE"] = qualified_name(run.catalog, run.catalog.at(derived.sources[0]));
  view.columns = std::move(derived.columns);
  if (!text.cluster_by.empty()) {
    // The columns must be named (materialized_view entry, column list); the text is not documented.
    if (!text.list.given) refuse_text("SQL compilation error:\nCLUSTER BY needs a column list.");
    check_cluster_by(view, text.cluster_by);
    view.props["CLUSTER_BY"] = text.cluster_by;
  }
  return view;
}

// One property in each statement.
void set_property(Running& run, const Object& view) {
  Parser& p = run.parser;
  Object& edited = run.catalog.edit(view.id);
  if (p.accept("SET SECURE")) {
    edited.props["SECURE"] = "true";
  } else if (p.accept("UNSET SECURE")) {
    edited.props.erase("SECURE");
  } else {
    set_or_unset(run, view, kSpecs);
  }
  p.expect_end();
}

// Reclustering stops and goes on with the view (docs: alter-materialized-view).
void suspend(Running& run, const Object& view, bool stop) {
  run.parser.expect_end();
  Object& edited = run.catalog.edit(view.id);
  for (const char* flag : {"SUSPENDED", "RECLUSTER_SUSPENDED"}) {
    if (stop) edited.props[flag] = "true";
    if (!stop) edited.props.erase(flag);
  }
}

}  // namespace

ResultSet create_materialized_view(Running& run, const CreateHead& head) {
  Parser& p = run.parser;
  if (head.or_replace && head.if_not_exists) p.unexpected();
  if (head.or_alter) refuse_unsupported("CREATE OR ALTER MATERIALIZED VIEW");
  const NameParts name = p.qualified();
  const MaterializedText text = read_view(run);
  const Object& schema = need_container(run, head.kind, name);
  const Object* existing = check_create(run, head, schema, name.back());
  if (existing != nullptr && head.if_not_exists) return already_exists(name.back());
  Object view = view_from(run, schema, name.back(), head, text);
  std::vector<Grant> grants;
  const bool copy = text.copy_grants && existing != nullptr;
  if (existing != nullptr) grants = direct_grants(run, *existing), put_away(run, *existing);
  const Id id = make(run, head.kind, schema, name.back(), std::move(view), copy ? &grants : nullptr);
  hang(run, id, text.list);
  return created(head.kind, name.back());
}

ResultSet alter_materialized_view(Running& run, const Object& view) {
  Parser& p = run.parser;
  need_ownership(run, view);
  for (const char* words : {"SET DATA_METRIC_SCHEDULE", "UNSET DATA_METRIC_SCHEDULE", "SET TAG"}) {
    if (p.at(words)) refuse_unsupported(fmt::format("ALTER MATERIALIZED VIEW {}", words));
  }
  if (p.accept("RENAME TO")) {
    rename_to(run, view);
  } else if (!alter_clustering(run, view)) {
    if (p.accept("SUSPEND")) {
      suspend(run, view, true);
    } else if (p.accept("RESUME")) {
      suspend(run, view, false);
    } else {
      set_property(run, view);
    }
  }
  touch(run, view.id);
  return executed();
}

}  // namespace mesh::sandbox
