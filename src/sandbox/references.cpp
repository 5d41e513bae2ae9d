// INFORMATION_SCHEMA.TAG_REFERENCES, TAG_REFERENCES_ALL_COLUMNS and POLICY_REFERENCES, and SYSTEM$GET_TAG (docs pages
// of these names; governance-reading.md sections 2.1 and 3.1).

#include "references.hpp"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "attachments.hpp"
#include "governance.hpp"
#include "lexer.hpp"
#include "mesh/base/text.hpp"
#include "metrics.hpp"
#include "routine.hpp"
#include "show.hpp"
#include "sql_error.hpp"
#include "table_parts.hpp"
#include "types.hpp"

namespace mesh::sandbox {
namespace {

// A name in quotes, of any number of parts. With `timestamp_type`, what TIMESTAMP means, it is a routine's, and the
// types of its arguments stand behind it, as in GET_DDL (no page says so of TAG_REFERENCES).
NameParts parts_of(const std::string& text, const std::string* timestamp_type = nullptr) {
  const auto tokens = lex(text);
  if (!tokens) refuse_compilation("001003", "42000", tokens.error().message);
  Parser p(text, *tokens);
  NameParts parts;
  do {
    parts.push_back(p.name());
  } while (p.accept_symbol("."));
  if (timestamp_type != nullptr) {
    std::vector<TableColumn> arguments;
    p.expect_symbol("(");
    while (!p.accept_symbol(")")) {
      if (!arguments.empty()) p.expect_symbol(",");
      TableColumn argument;
      argument.type = read_type(p, *timestamp_type).text;
      arguments.push_back(std::move(argument));
    }
    parts.back() = routine_key(parts.back(), arguments);
  }
  p.expect_end();
  return parts;
}

struct Place {
  const Object* object = nullptr;
  int column = 0;
};

const Object& need_table_like(const Running& run, const NameParts& name) {
  const Object* found = look_up(run, Kind::Table, name);
  if (found == nullptr || !is_table_like(*found)) refuse_missing(run, Kind::Table, name);
  return *found;
}

// docs: functions/tag_references. Not PIPE, nor policies (SYSTEM$GET_TAG takes those by terraform's use of it).
constexpr std::array<std::string_view, 29> kTagDomains = {"ACCOUNT",
                                                          "ALERT",
                                                          "BACKUP POLICY",
                                                          "BACKUP SET",
                                                          "COLUMN",
                                                          "COMPUTE POOL",
                                                          "CORTEX AGENT",
                                                          "CORTEX SEARCH SERVICE",
                                                          "DATABASE",
                                                          "DATABASE ROLE",
                                                          "FAILOVER GROUP",
                                                          "FUNCTION",
                                                          "INTEGRATION",
                                                          "INSTANCE",
                                                          "NETWORK POLICY",
                                                          "PROCEDURE",
                                                          "REPLICATION GROUP",
                                                          "ROLE",
                                                          "SCHEMA",
                                                          "SHARE",
                                                          "SNAPSHOT POLICY",
                                                          "SNAPSHOT SET",
                                                          "SNOWFLAKE INTELLIGENCE",
                                                          "STAGE",
                                                          "STREAM",
                                                          "TABLE",
                                                          "TASK",
                                                          "USER",
                                                          "WAREHOUSE"};

[[noreturn]] void refuse_domain(const std::string& domain) {
  refuse_text(fmt::format("SQL compilation error:\nInvalid value {} for argument OBJECT_TYPE.", domain));
}

Kind kind_of_domain(const std::string& domain) {
  for (const KindFacts& f : all_kinds()) {
    const bool table_like = f.space == Space::TableLike && f.kind != Kind::Table && f.kind != Kind::Stream;
    if (f.words != domain) continue;
    // Text from terraform's tests, code unconfirmed.
    if (table_like)
      refuse_text(
          fmt::format("SQL compilation error:\nInvalid value {} for argument OBJECT_TYPE. Please use object type "
                      "TABLE for all kinds of table-like objects.",
                      domain));
    return f.kind;
  }
  refuse_domain(domain);
}

Place place_of(const Running& run, const std::string& name, const std::string& domain_text) {
  const std::string domain = to_upper(domain_text);
  if (domain == "FUNCTION" || domain == "PROCEDURE") {
    return {&routine_named(run, domain == "FUNCTION" ? Kind::Function : Kind::Procedure, name), 0};
  }
  NameParts parts = parts_of(name);
  if (domain == "COLUMN") {
    if (parts.size() < 2) refuse_missing(run, Kind::Table, parts);
    const std::string column = parts.back();
    parts.pop_back();
    const Object& table = need_table_like(run, parts);
    return {&table, need_column(table, column).id};
  }
  if (domain == "TABLE") return {&need_table_like(run, parts), 0};
  const Kind kind = kind_of_domain(domain);
  if (kind == Kind::Account) return {&run.home(), 0};
  return {&need(run, kind, parts), 0};
}

// --- Tags ------------------------------------------------------------------------------------------------------------

struct Containers {
  std::string database, schema;
};
// Empty text where a level does not apply.
Containers containers_of(const Catalog& catalog, const Object& object) {
  const Object* up = catalog.container(object);
  if (up == nullptr || up->kind == Kind::Account) return {};
  if (up->kind == Kind::Database) return {up->name, ""};
  return {catalog.at(up->parent).name, up->name};
}

void add_tag_rows(const Running& run, const Place& place, std::vector<Row>& rows) {
  const Object& object = *place.object;
  const Containers in = containers_of(run.catalog, object);
  const TableColumn* column = place.column == 0 ? nullptr : find_column(object, place.column);
  const std::string domain = column != nullptr       ? "COLUMN"
                             : is_table_like(object) ? "TABLE"
                                                     : std::string(facts(object.kind).words);
  for (const EffectiveTag& tag : effective_tags(run.catalog, object, place.column)) {
    const Containers of_tag = containers_of(run.catalog, *tag.tag);
    rows.push_back({of_tag.database, of_tag.schema, tag.tag->name, tag.value, tag.direct ? "MANUAL" : "INHERITED",
                    tag.level, in.database, in.schema, object.name, domain, column == nullptr ? "" : column->name});
  }
}

std::string text_argument(const FunctionArguments& arguments, size_t index, std::string_view function) {
  // Text unconfirmed.
  if (index >= arguments.size() || !arguments[index].second)
    refuse_text(fmt::format("SQL compilation error:\nMissing argument {} of {}.", index + 1, function));
  return *arguments[index].second;
}

ResultSet tag_references(Running& run, const FunctionArguments& arguments, bool all_columns) {
  const std::string_view function = all_columns ? "TAG_REFERENCES_ALL_COLUMNS" : "TAG_REFERENCES";
  const std::string name = text_argument(arguments, 0, function);
  const std::string domain = to_upper(text_argument(arguments, 1, function));
  ResultSet result;
  result.columns =
      columns_of({"T:TAG_DATABASE", "T:TAG_SCHEMA", "T:TAG_NAME", "T:TAG_VALUE", "T:APPLY_METHOD", "T:LEVEL",
                  "T:OBJECT_DATABASE", "T:OBJECT_SCHEMA", "T:OBJECT_NAME", "T:DOMAIN", "T:COLUMN_NAME"});
  // The one domain of ALL_COLUMNS is TABLE, for views too.
  if (all_columns && domain != "TABLE")
    refuse_text(
        fmt::format("SQL compilation error:\nInvalid value {} for argument OBJECT_TYPE. Please use object type "
                    "TABLE for all kinds of table-like objects.",
                    domain));
  if (std::find(kTagDomains.begin(), kTagDomains.end(), domain) == kTagDomains.end()) {
    kind_of_domain(domain);  // has its own words for views and their like
    refuse_domain(domain);
  }
  const Place place = place_of(run, name, domain);
  if (!all_columns) return add_tag_rows(run, place, result.rows), result;
  for (const TableColumn& column : place.object->columns) add_tag_rows(run, {place.object, column.id}, result.rows);
  return result;
}

// --- Policies --------------------------------------------------------------------------------------------------------

// [ "A", "B" ], as public projects print it.
std::string json_names(const Object& object, const std::vector<int>& ids, size_t from) {
  std::string text;
  for (size_t i = from; i < ids.size(); ++i) {
    const TableColumn* column = find_column(object, ids[i]);
    if (column == nullptr) continue;
    const std::string name = replace_all(replace_all(column->name, "\\", "\\\\"), "\"", "\\\"");
    text += fmt::format("{}\"{}\"", text.empty() ? "" : ", ", name);
  }
  return "[ " + text + " ]";
}

class PolicyRows {
 public:
  explicit PolicyRows(Running& run) : run_(run) {
    result.columns =
        columns_of({"T:POLICY_DB", "T:POLICY_SCHEMA", "T:POLICY_NAME", "T:POLICY_KIND", "T:REF_DATABASE_NAME",
                    "T:REF_SCHEMA_NAME", "T:REF_ENTITY_NAME", "T:REF_ENTITY_DOMAIN", "T:REF_COLUMN_NAME",
                    "T:REF_ARG_COLUMN_NAMES", "T:TAG_DATABASE", "T:TAG_SCHEMA", "T:TAG_NAME", "T:POLICY_STATUS"});
  }

  ResultSet result;
  bool hidden = false;  // something was left out for want of privileges

  // All there is on the object; with `only`, of that policy.
  void of_object(const Object& object, const Object* only) {
    std::set<Id> account;  // a policy for several kinds of users is one row there
    for (const Attachment& a : object.attachments) {
      const Object* policy = run_.catalog.find(a.what);
      if (object.kind == Kind::Account && !account.insert(a.what).second) continue;
      if (policy == nullptr || !is_policy(policy->kind) || policy->kind == Kind::MaskingPolicy) continue;
      if (only != nullptr && policy != only) continue;
      const TableColumn* column = a.column == 0 ? nullptr : find_column(object, a.column);
      add(*policy, object, column, a.args.empty() ? Cell() : Cell(json_names(object, a.args, 0)), nullptr, "ACTIVE");
    }
    for (const TableColumn& column : object.columns) {
      for (const MaskInForce& mask : masks_in_force(run_.catalog, object, column)) {
        if (mask.policy == nullptr || (only != nullptr && mask.policy != only)) continue;
        const bool conditional = mask.with_using && mask.columns.size() > 1;
        add(*mask.policy, object, &column, conditional ? Cell(json_names(object, mask.columns, 1)) : Cell(), mask.tag,
            mask.status);
      }
    }
  }

  // The TAG form: what is attached to the tag itself.
  void of_tag(const Object& tag) {
    for (const Attachment& a : tag.attachments) {
      const Object* policy = run_.catalog.find(a.what);
      if (policy != nullptr && is_policy(policy->kind)) add(*policy, tag, nullptr, std::nullopt, &tag, "ACTIVE");
    }
  }

 private:
  // The account's APPLY shows all; APPLY or ownership of the policy shows it on objects the role owns.
  bool shown(const Object& policy, const Object& object) const {
    if (has_account_privilege(run_, fmt::format("APPLY {}", facts(policy.kind).words))) return true;
    return run_.access.holds(policy, "APPLY") && run_.access.owns(object);
  }

  void add(const Object& policy, const Object& object, const TableColumn* column, Cell arguments, const Object* tag,
           const std::string& status) {
    if (!shown(policy, object)) return void(hidden = true);
    const Containers of = containers_of(run_.catalog, policy), on = containers_of(run_.catalog, object);
    const Containers by = tag == nullptr ? Containers{} : containers_of(run_.catalog, *tag);
    const auto text = [tag](const std::string& value) { return tag == nullptr ? Cell() : Cell(value); };
    result.rows.push_back({of.database, of.schema, policy.name, std::string(facts(policy.kind).granted_on), on.database,
                           on.schema, object.name, std::string(facts(object.kind).granted_on),
                           column == nullptr ? Cell() : Cell(column->name), std::move(arguments), text(by.database),
                           text(by.schema), text(tag == nullptr ? "" : tag->name), status});
  }

  Running& run_;
};

std::vector<const Object*> relations_of_account(const Running& run) {
  std::vector<const Object*> found;
  for (const auto& [database_name, database] : run.catalog.children(run.account, Kind::Database)) {
    for (const auto& [schema_name, schema] : run.catalog.children(database, Kind::Schema)) {
      for (const auto& [name, id] : run.catalog.children(schema, Kind::Table)) found.push_back(&run.catalog.at(id));
    }
  }
  return found;
}

bool sits_on_tag(const Catalog& catalog, const Object& policy) {
  const auto& carriers = catalog.carriers(policy.id);
  return std::any_of(carriers.begin(), carriers.end(), [&](Id id) { return catalog.at(id).kind == Kind::Tag; });
}

const Object& need_policy(const Running& run, const NameParts& name, std::string_view kind_text) {
  if (kind_text == "NETWORK_POLICY") return need(run, Kind::NetworkPolicy, name);
  for (const KindFacts& f : all_kinds()) {
    if (!is_policy(f.kind) || f.lives != Lives::InSchema) continue;
    if (const Object* found = look_up(run, f.kind, name)) return *found;
  }
  need_container(run, Kind::MaskingPolicy, name);
  refuse_compilation("002003", "02000", fmt::format("Policy '{}' does not exist or not authorized.", dotted(name)));
}

ResultSet by_policy(Running& run, const std::string& name, std::string_view kind) {
  const Object& policy = need_policy(run, parts_of(name), kind);
  PolicyRows rows(run);
  if (sits_on_tag(run.catalog, policy)) {
    for (const Object* relation : relations_of_account(run)) rows.of_object(*relation, &policy);
    return rows.result;
  }
  for (const Id id : run.catalog.carriers(policy.id)) {
    if (const Object& carrier = run.catalog.at(id); run.catalog.live(carrier)) rows.of_object(carrier, &policy);
  }
  return rows.result;
}

const Object& need_entity(const Running& run, const NameParts& name, const std::string& domain) {
  if (domain == "ACCOUNT") return run.home();
  if (domain == "USER") return need(run, Kind::User, name);
  if (domain == "INTEGRATION") return need(run, Kind::Integration, name);
  if (domain == "TAG") return need(run, Kind::Tag, name);
  // Text unconfirmed: domains outside the list are an error.
  if (domain != "TABLE" && domain != "VIEW")
    refuse_text(fmt::format("SQL compilation error:\nInvalid value {} for argument REF_ENTITY_DOMAIN.", domain));
  const Object& found = need_table_like(run, name);
  const bool view = found.kind == Kind::View || found.kind == Kind::MaterializedView;
  return view == (domain == "VIEW") ? found : need(run, domain == "VIEW" ? Kind::View : Kind::Table, name);
}

ResultSet by_entity(Running& run, const std::string& name, const std::string& domain) {
  const Object& entity = need_entity(run, parts_of(name), domain);
  PolicyRows rows(run);
  if (entity.kind == Kind::Tag) {
    rows.of_tag(entity);
  } else {
    rows.of_object(entity, nullptr);
  }
  // Owning the object without any right on its policies is an error, not an empty answer.
  if (rows.hidden && rows.result.rows.empty() && run.access.owns(entity)) refuse_privilege(run, entity);
  return rows.result;
}

ResultSet policy_references(Running& run, const FunctionArguments& arguments) {
  std::string policy, kind, entity, domain;
  for (const auto& [key, value] : arguments) {
    const std::string name = to_upper(key);
    std::string* to = name == "POLICY_NAME"         ? &policy
                      : name == "POLICY_KIND"       ? &kind
                      : name == "REF_ENTITY_NAME"   ? &entity
                      : name == "REF_ENTITY_DOMAIN" ? &domain
                                                    : nullptr;
    if (to == nullptr)
      refuse_text(fmt::format("SQL compilation error:\nInvalid argument '{}' of POLICY_REFERENCES.", key));
    *to = value.value_or("");
  }
  const bool by_name = !policy.empty() && entity.empty() && domain.empty();
  const bool by_object = policy.empty() && kind.empty() && !entity.empty() && !domain.empty();
  if (!by_name && !by_object)
    refuse_text(
        "SQL compilation error:\nPOLICY_REFERENCES takes POLICY_NAME, or REF_ENTITY_NAME and REF_ENTITY_DOMAIN.");
  return by_name ? by_policy(run, policy, to_upper(kind)) : by_entity(run, entity, to_upper(domain));
}

Cell value_of(const Running& run, const Object& tag, const Place& place) {
  for (const EffectiveTag& found : effective_tags(run.catalog, *place.object, place.column)) {
    if (found.tag == &tag) return found.value;
  }
  return std::nullopt;
}

}  // namespace

const Object& relation_named(const Running& run, const std::string& text) {
  return need_table_like(run, parts_of(text));
}

const Object& routine_named(const Running& run, Kind kind, const std::string& text) {
  const std::string timestamp_type = session_value(run, "TIMESTAMP_TYPE_MAPPING");
  return need(run, kind, parts_of(text, &timestamp_type));
}

std::optional<ResultSet> governance_function(Running& run, std::string_view function,
                                             const FunctionArguments& arguments) {
  if (function == "TAG_REFERENCES") return tag_references(run, arguments, false);
  if (function == "TAG_REFERENCES_ALL_COLUMNS") return tag_references(run, arguments, true);
  if (function == "POLICY_REFERENCES") return policy_references(run, arguments);
  if (function == "DATA_METRIC_FUNCTION_REFERENCES") return metric_references(run, arguments, false);
  if (function == "DATA_METRIC_FUNCTION_EXPECTATIONS") return metric_references(run, arguments, true);
  return std::nullopt;
}

Cell tag_function(Running& run, std::string_view function, const std::vector<std::string>& arguments,
                  const std::vector<std::string>& place) {
  const Object& tag = need(run, Kind::Tag, parts_of(arguments.front()));
  if (function == "SYSTEM$GET_TAG_ALLOWED_VALUES") {
    const std::string& values = tag.prop("ALLOWED_VALUES");
    return values.empty() ? Cell() : Cell(values);
  }
  if (function == "SYSTEM$GET_TAG") return value_of(run, tag, place_of(run, arguments[1], arguments[2]));
  if (place.size() < 4) return std::nullopt;
  const Object* table = look_up(run, Kind::Table, {place[0], place[1], place[2]});
  if (table == nullptr) return std::nullopt;
  const bool of_column = function == "SYSTEM$GET_TAG_ON_CURRENT_COLUMN";
  const TableColumn* column = of_column ? find_column(*table, place[3]) : nullptr;
  if (of_column && column == nullptr) return std::nullopt;
  return value_of(run, tag, {table, column == nullptr ? 0 : column->id});
}

}  // namespace mesh::sandbox
