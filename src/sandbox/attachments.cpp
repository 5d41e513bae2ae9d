#include "attachments.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "derived.hpp"
#include "mesh/base/text.hpp"
#include "sql_error.hpp"
#include "table_parts.hpp"
#include "types.hpp"

namespace mesh::sandbox {
namespace {

constexpr size_t kMostTags = 50;     // on an object; over all columns of a table again as many (tag entry, quirks)
constexpr size_t kTagsAtOnce = 100;  // in one CREATE or ALTER TABLE (object-tagging/introduction); text not documented
constexpr size_t kLongestValue = 256;  // of a tag

std::string account_privilege_for(Kind kind) { return fmt::format("APPLY {}", facts(kind).words); }

// APPLY on the account, or APPLY on the tag or policy together with ownership of what it goes on.
void need_to_attach(const Running& run, const Object& what, const Object& object, bool made) {
  if (has_account_privilege(run, account_privilege_for(what.kind))) return;
  need_privilege(run, what, "APPLY");
  if (!made) need_ownership(run, object);
}

bool has_masking(const Catalog& catalog, const Object& tag) {
  return find_attachment(catalog, tag, Kind::MaskingPolicy, 0) != nullptr;
}

// A tag that masks, set on a container, masks what others own (tag entry, privileges).
void need_for_masking_tag(const Running& run, const Object& tag, const Object& object) {
  const bool container = object.kind == Kind::Database || object.kind == Kind::Schema || object.kind == Kind::Account;
  if (!container || !has_masking(run.catalog, tag)) return;
  if (!has_account_privilege(run, "APPLY MASKING POLICY")) refuse_privilege(run, object);
}

// The texts of the three refusals are not documented.
void check_value(const Object& tag, const std::string& value) {
  if (display_width(value) > kLongestValue)
    refuse_text(fmt::format("SQL compilation error:\nTag value of '{}' is longer than {} characters.", tag.name,
                            kLongestValue));
  const auto allowed = tag.props.find("ALLOWED_VALUES");
  if (allowed == tag.props.end()) return;
  const auto values = nlohmann::json::parse(allowed->second);
  if (std::find(values.begin(), values.end(), value) == values.end())
    refuse_text(fmt::format("SQL compilation error:\nInvalid value '{}' for tag '{}': its allowed values are {}.",
                            value, tag.name, allowed->second));
}

void check_count(const Object& object, int column, Id tag, const Catalog& catalog) {
  std::set<Id> tags;
  for (const Attachment& a : object.attachments) {
    const Object* what = catalog.find(a.what);
    const bool counts = what != nullptr && what->kind == Kind::Tag && catalog.live(*what);
    if (counts && (a.column == 0) == (column == 0)) tags.insert(a.what);
  }
  tags.insert(tag);
  if (tags.size() > kMostTags)
    refuse_text(fmt::format("SQL compilation error:\nToo many tags on '{}': {} at most.", object.name, kMostTags));
}

void put(Running& run, const Object& object, Attachment attachment) {
  std::vector<Attachment> all = object.attachments;
  std::erase_if(all, [&](const Attachment& a) { return a.what == attachment.what && a.column == attachment.column; });
  all.push_back(std::move(attachment));
  run.catalog.attach(object.id, std::move(all));
}

void take(Running& run, const Object& object, Id what, int column) {
  std::vector<Attachment> all = object.attachments;
  std::erase_if(all, [&](const Attachment& a) { return a.what == what && a.column == column; });
  run.catalog.attach(object.id, std::move(all));
}

// --- What policies ask of columns ------------------------------------------------------------------------------------

// As messages name a policy's types.
std::string internal_type(const std::string& type) {
  const std::string base = type_parts(type).base;
  if (base == "VARCHAR") return "TEXT";
  if (base == "NUMBER") return "FIXED";
  return base == "FLOAT" ? "REAL" : base;
}

// An un-sized VARCHAR argument is shown longer than a column (row_access_policy entry, quirks).
std::string argument_type(const std::string& type) { return type == "VARCHAR(16777216)" ? "VARCHAR(134217728)" : type; }

std::string kind_label(Kind kind) { return label(kind); }

void check_argument(const Running& run, const Object& object, const TableColumn& column, const Object& policy,
                    const TableColumn& argument) {
  if (type_family(column.type) != type_family(argument.type)) {
    refuse_text(fmt::format("SQL compilation error: Column '{}' data type '{}' does not match with {} data type '{}'.",
                            column.name, column.type, kind_label(policy.kind), argument_type(argument.type)));
  }
  const Attachment* mask = find_attachment(run.catalog, object, Kind::MaskingPolicy, column.id);
  if (mask != nullptr && !run.catalog.at(mask->what).flag("EXEMPT_OTHER_POLICIES")) {
    refuse_text(
        fmt::format("SQL compilation error: Column '{}' cannot be used as policy argument because it is masked by "
                    "another policy.",
                    column.name));
  }
  if (find_attachment(run.catalog, object, Kind::ProjectionPolicy, column.id) != nullptr) {
    refuse_text(
        fmt::format("SQL compilation error: Column '{}' cannot be used as policy argument because it has a projection "
                    "policy attached.",
                    column.name));
  }
}

void check_count_of_arguments(const Object& object, const Object& policy, size_t given) {
  if (given == policy.columns.size()) return;
  refuse_text(fmt::format(
      "SQL compilation error: Invalid number of arguments for attaching policy '{}' to '{}', expected {} arguments, "
      "got {} arguments.",
      policy.name, object.name, policy.columns.size(), given));
}

bool is_argument(const Catalog& catalog, const Object& object, int column) {
  return std::any_of(object.attachments.begin(), object.attachments.end(), [&](const Attachment& a) {
    const Object* what = catalog.find(a.what);
    if (what == nullptr || (what->kind != Kind::RowAccessPolicy && what->kind != Kind::MaskingPolicy)) return false;
    // The first argument of a masking policy is the column it is on.
    const auto from = a.args.begin() + (what->kind == Kind::MaskingPolicy && !a.args.empty() ? 1 : 0);
    return std::find(from, a.args.end(), column) != a.args.end();
  });
}

std::vector<int> ids_of(const Object& object, const std::vector<std::string>& names) {
  std::vector<int> ids;
  for (const std::string& name : names) ids.push_back(need_column(object, name).id);
  return ids;
}

// governance-reading.md section 7: what has a materialized view on it stays as it is.
void refuse_under_views(const Running& run, const Object& table) {
  int views = 0;
  for (const auto& [database_name, database] : run.catalog.children(run.account, Kind::Database)) {
    for (const auto& [schema_name, schema] : run.catalog.children(database, Kind::Schema)) {
      for (const auto& [name, id] : run.catalog.children(schema, Kind::MaterializedView)) {
        const Object& view = run.catalog.at(id);
        if (view.kind != Kind::MaterializedView) continue;
        const std::vector<Id> sources = ids_of(view, "SOURCES");
        if (std::find(sources.begin(), sources.end(), table.id) != sources.end()) ++views;
      }
    }
  }
  if (views == 0) return;
  refuse_text(fmt::format(
      "SQL execution error: One or more materialized views exist on the table. number of mvs={}, table name={}.", views,
      table.name));
}

// --- Masking ---------------------------------------------------------------------------------------------------------

void check_mask(const Running& run, const Object& object, const TableColumn& column, const Object& policy,
                const PolicyText& text) {
  if (column.is_virtual()) {
    refuse_text("SQL compilation error: Masking policy cannot be attached to a VIRTUAL_COLUMN column.");
  }
  if (type_family(column.type) != type_family(policy.columns.front().type)) {
    refuse_text(
        fmt::format("SQL compilation error: COLUMN data type {} does not match with masking policy data type {}.",
                    column.type, internal_type(policy.columns.front().type)));
  }
  // What a policy of several arguments does without USING is not told for certain: it is taken for an error.
  check_count_of_arguments(object, policy, text.columns.empty() ? 1 : text.columns.size());
  if (!text.columns.empty() && text.columns.front() != column.name) {
    refuse_text(fmt::format("SQL compilation error: The first column of USING must be '{}'.", column.name));
  }
  for (size_t i = 1; i < text.columns.size(); ++i)
    check_argument(run, object, need_column(object, text.columns[i]), policy, policy.columns[i]);
  if (is_argument(run.catalog, object, column.id) && !policy.flag("EXEMPT_OTHER_POLICIES")) {
    refuse_text(
        fmt::format("SQL compilation error: Column '{}' cannot be masked because it is an argument of another policy.",
                    column.name));
  }
}

void set_mask(Running& run, const Object& object, const TableColumn& column, const Object& policy,
              const PolicyText& text) {
  check_mask(run, object, column, policy, text);
  refuse_under_views(run, object);
  Attachment wanted{policy.id, column.id, "", ids_of(object, text.columns)};
  const Attachment* there = find_attachment(run.catalog, object, Kind::MaskingPolicy, column.id);
  if (there != nullptr && there->what == wanted.what && there->args == wanted.args) return;
  if (there != nullptr && !text.force) {
    refuse(
        "003529", "42601",
        "Specified column already attached to another masking policy. A column cannot be attached to multiple masking "
        "policies. Please drop the current association in order to attach a new masking policy.");
  }
  if (there != nullptr) take(run, object, there->what, column.id);
  put(run, object, std::move(wanted));
}

// --- The others ------------------------------------------------------------------------------------------------------

[[noreturn]] void refuse_second(const Object& object, Kind kind) {
  const std::string_view words = facts(kind).granted_on;
  refuse("003549", "23505",
         fmt::format("Object {} already has a {}. Only one {} is allowed at a time.", object.name, words, words));
}

// The order of the checks is a live one (row_access_policy entry, quirks).
void add_row_access(Running& run, const Object& object, const Object& policy, const PolicyText& text) {
  const std::vector<int> ids = ids_of(object, text.columns);
  check_count_of_arguments(object, policy, ids.size());
  for (size_t i = 0; i < ids.size(); ++i)
    check_argument(run, object, *find_column(object, ids[i]), policy, policy.columns[i]);
  if (find_attachment(run.catalog, object, Kind::RowAccessPolicy, 0) != nullptr)
    refuse_second(object, Kind::RowAccessPolicy);
  refuse_under_views(run, object);
  put(run, object, {policy.id, 0, "", ids});
}

void set_single(Running& run, const Object& object, int column, const Object& policy, const PolicyText& text) {
  Attachment wanted{policy.id, column, "", ids_of(object, text.columns)};
  const Attachment* there = find_attachment(run.catalog, object, policy.kind, column);
  if (there != nullptr && there->what == policy.id && there->args == wanted.args) return;
  if (there != nullptr && !text.force) refuse_second(object, policy.kind);
  if (there != nullptr) take(run, object, there->what, column);
  put(run, object, std::move(wanted));
}

// A table that was dropped before its policy and brought back after it names one that is gone; UNSET takes that off.
bool forget_gone(Running& run, const Object& object, int column) {
  std::vector<Attachment> all = object.attachments;
  std::erase_if(all, [&](const Attachment& a) { return a.column == column && run.catalog.find(a.what) == nullptr; });
  if (all.size() == object.attachments.size()) return false;
  need_ownership(run, object);
  run.catalog.attach(object.id, std::move(all));
  return true;
}

void refuse_in_use(const Object& policy) {
  refuse(
      "003531", "23001",
      fmt::format("SQL compilation error:\nPolicy {} cannot be dropped/replaced as it is associated with one or more "
                  "entities.",
                  policy.name));
}

bool lies_in(const Catalog& catalog, const Object& object, Id container) {
  for (const Object* o = &object; o != nullptr; o = catalog.container(*o)) {
    if (o->id == container) return true;
  }
  return false;
}

// Texts not found (governance-reading.md section 7).
void refuse_carried_outside(const Running& run, const Object& container, Id what) {
  for (const Id id : run.catalog.carriers(what)) {
    const Object& carrier = run.catalog.at(id);
    if (!run.catalog.live(carrier) || lies_in(run.catalog, carrier, container.id)) continue;
    refuse_text(fmt::format("SQL compilation error:\nCannot drop {} '{}': '{}' in it is attached to '{}'.",
                            lower_words(container.kind), container.name,
                            qualified_name(run.catalog, run.catalog.at(what)), qualified_name(run.catalog, carrier)));
  }
}

void refuse_contents(const Running& run, const Object& container, const Object& schema) {
  for (const KindFacts& f : all_kinds()) {
    if (f.lives != Lives::InSchema || (!is_policy(f.kind) && f.kind != Kind::Tag)) continue;
    for (const auto& [name, id] : run.catalog.children(schema.id, f.kind)) {
      if (f.kind != Kind::Tag || has_masking(run.catalog, run.catalog.at(id)))
        refuse_carried_outside(run, container, id);
    }
  }
}

}  // namespace

bool is_policy(Kind kind) { return facts(kind).words.ends_with(" POLICY"); }

bool is_table_like(const Object& object) {
  return facts(object.kind).space == Space::TableLike && object.kind != Kind::Stream;
}

const Attachment* find_attachment(const Catalog& catalog, const Object& object, Kind kind, int column) {
  for (const Attachment& a : object.attachments) {
    const Object* what = catalog.find(a.what);
    if (a.column == column && what != nullptr && what->kind == kind) return &a;
  }
  return nullptr;
}

bool is_carried(const Catalog& catalog, Id what) {
  const std::set<Id>& all = catalog.carriers(what);
  return std::any_of(all.begin(), all.end(), [&](Id id) { return catalog.live(catalog.at(id)); });
}

void refuse_while_attached(const Running& run, const Object& object) {
  if (is_policy(object.kind) && is_carried(run.catalog, object.id)) refuse_in_use(object);
  if (object.kind == Kind::Tag && has_masking(run.catalog, object))
    refuse_text(fmt::format(
        "SQL compilation error:\nTag {} cannot be dropped/replaced as it is associated with a masking policy.",
        object.name));
  if (object.kind == Kind::Schema) refuse_contents(run, object, object);
  if (object.kind != Kind::Database) return;
  for (const auto& [name, id] : run.catalog.children(object.id, Kind::Schema))
    refuse_contents(run, object, run.catalog.at(id));
}

void set_tag(Running& run, const Object& object, int column, const TagText& text, bool made) {
  const Object& tag = need(run, Kind::Tag, text.name);
  need_to_attach(run, tag, object, made);
  need_for_masking_tag(run, tag, object);
  check_value(tag, text.value);
  check_count(object, column, tag.id, run.catalog);
  if (object.kind == Kind::Table && ++run.tags_set > kTagsAtOnce)
    refuse_text(fmt::format("SQL compilation error:\nToo many tags in one statement: {} at most.", kTagsAtOnce));
  put(run, object, {tag.id, column, text.value, {}});
}

void unset_tag(Running& run, const Object& object, int column, const NameParts& name) {
  const Object& tag = need(run, Kind::Tag, name);
  need_to_attach(run, tag, object, false);
  need_for_masking_tag(run, tag, object);
  take(run, object, tag.id, column);
}

void set_policy(Running& run, const Object& object, const std::string& column_name, const PolicyText& text, bool made) {
  const Object& policy = need(run, text.kind, text.name);
  const TableColumn column = column_name.empty() ? TableColumn{} : need_column(object, column_name);
  need_to_attach(run, policy, object, made);
  // aggregation_policy entry, quirks; the text was not found.
  if (text.kind == Kind::AggregationPolicy && object.kind == Kind::ExternalTable)
    refuse_text("SQL compilation error:\nAn aggregation policy cannot be set on an external table.");
  if (text.kind == Kind::MaskingPolicy) return set_mask(run, object, column, policy, text);
  if (text.kind == Kind::RowAccessPolicy) return add_row_access(run, object, policy, text);
  set_single(run, object, column.id, policy, text);
}

void unset_policy(Running& run, const Object& object, const std::string& column_name, Kind kind) {
  const int column = column_name.empty() ? 0 : need_column(object, column_name).id;
  const Attachment* there = find_attachment(run.catalog, object, kind, column);
  if (there == nullptr) {
    if (forget_gone(run, object, column)) return;
    const bool is_user = object.kind == Kind::User;  // the account's are in login_policy_places.cpp
    if (!is_user && kind != Kind::AggregationPolicy && kind != Kind::JoinPolicy) return;
    refuse_text(fmt::format("SQL compilation error:\nAny policy of kind {} is not attached to {} {}.",
                            facts(kind).granted_on, is_user ? "USER" : "TABLE", object.name));
  }
  const Object& policy = run.catalog.at(there->what);
  const bool may = has_account_privilege(run, account_privilege_for(kind)) ||
                   (run.access.holds(policy, "APPLY") && run.access.owns(object));
  if (!may && kind == Kind::MaskingPolicy) {
    refuse("003001", "42501",
           fmt::format("SQL access control error:\nInsufficient privileges to operate on ALTER TABLE UNSET MASKING "
                       "POLICY '{}'",
                       policy.name));
  }
  need_to_attach(run, policy, object, false);
  take(run, object, policy.id, column);
}

void drop_row_access_policy(Running& run, const Object& object, const NameParts& name) {
  const Object& policy = need(run, Kind::RowAccessPolicy, name);
  need_to_attach(run, policy, object, false);
  const Attachment* there = find_attachment(run.catalog, object, Kind::RowAccessPolicy, 0);
  if (there == nullptr || there->what != policy.id) {
    refuse_text(
        fmt::format("SQL compilation error:\nPolicy {} is not attached to TABLE {}.", policy.name, object.name));
  }
  take(run, object, policy.id, 0);
}

void hang(Running& run, Id object, const std::string& column, const ColumnGovernance& governance) {
  for (const PolicyText& policy : governance.policies) set_policy(run, run.catalog.at(object), column, policy, true);
  for (const TagText& tag : governance.tags) {
    const Object& table = run.catalog.at(object);
    set_tag(run, table, need_column(table, column).id, tag, true);
  }
}

void refuse_drop_of_governed(const Running& run, const Object& object, const TableColumn& column) {
  // Documented (row_access_policy entry); the text was not found. A conditional column is treated alike.
  if (is_argument(run.catalog, object, column.id)) {
    refuse_text(fmt::format("SQL compilation error:\nCannot drop column '{}': it is an argument of a policy of '{}'.",
                            column.name, object.name));
  }
}

void forget_attachments(Running& run, Id object, int column) {
  std::vector<Attachment> all = run.catalog.at(object).attachments;
  std::erase_if(all, [column](const Attachment& a) { return a.column == column; });
  if (all.size() != run.catalog.at(object).attachments.size()) run.catalog.attach(object, std::move(all));
}

}  // namespace mesh::sandbox
