// Tags (docs: create-tag, alter-tag, show-tags; tag entry of governance-objects.json). Propagation is kept and shown,
// but not played: nothing moves a tag on.

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "attachments.hpp"
#include "ddl.hpp"
#include "mesh/base/text.hpp"
#include "show_cells.hpp"
#include "sql_error.hpp"
#include "types.hpp"

namespace mesh::sandbox {
namespace {

constexpr size_t kMostValues = 5000, kLongestValue = 256;
constexpr std::string_view kPropagations[] = {"ON_DEPENDENCY_AND_DATA_MOVEMENT", "ON_DEPENDENCY", "ON_DATA_MOVEMENT"};

std::vector<std::string> values_of(const Object& tag) {
  const std::string& list = tag.prop("ALLOWED_VALUES");
  return list.empty() ? std::vector<std::string>{} : nlohmann::json::parse(list).get<std::vector<std::string>>();
}

void keep_values(Properties& props, const std::vector<std::string>& values) {
  if (values.size() > kMostValues)
    refuse_text(fmt::format("SQL compilation error:\nA tag has {} allowed values at most.", kMostValues));
  props["ALLOWED_VALUES"] = nlohmann::json(values).dump();
}

std::vector<std::string> read_values(Parser& p) {
  std::vector<std::string> values;
  do {
    std::string value = p.string();
    if (display_width(value) > kLongestValue)
      refuse_text(fmt::format("SQL compilation error:\nA tag value has {} characters at most.", kLongestValue));
    if (std::find(values.begin(), values.end(), value) == values.end()) values.push_back(std::move(value));
  } while (p.accept_symbol(","));
  return values;
}

void read_propagate(Parser& p, Properties& props) {
  p.expect_symbol("=");
  std::string_view found;
  for (const std::string_view word : kPropagations) {
    if (found.empty() && p.accept(word)) found = word;
  }
  if (found.empty()) p.unexpected();
  props["PROPAGATE"] = found;
  if (!p.accept("ON_CONFLICT")) return;
  p.expect_symbol("=");
  props["ON_CONFLICT"] = p.accept("ALLOWED_VALUES_SEQUENCE") ? "ALLOWED_VALUES_SEQUENCE" : p.string();
}

// The settings behind ALLOWED_VALUES in CREATE, those of SET in ALTER.
void read_settings(Parser& p, Properties& props) {
  while (!p.at_end() && !p.at_symbol(";")) {
    if (p.at("MULTI_VALUE")) refuse_unsupported("MULTI_VALUE");
    if (p.accept("PROPAGATE")) {
      read_propagate(p, props);
    } else if (p.accept("COMMENT")) {
      p.expect_symbol("=");
      props["COMMENT"] = p.string();
    } else {
      p.unexpected();
    }
    p.accept_symbol(",");
  }
}

// Propagating needs APPLY TAG on the account besides the tag's ownership (tag entry, properties).
void check_whole(const Running& run, const Properties& props) {
  const auto conflict = props.find("ON_CONFLICT");
  if (conflict != props.end() && conflict->second == "ALLOWED_VALUES_SEQUENCE" && props.count("ALLOWED_VALUES") == 0)
    refuse_text("SQL compilation error:\nInvalid on_conflict strategy ALLOWED_VALUES_SEQUENCE without ALLOWED_VALUES.");
  if (props.count("PROPAGATE") > 0 && !has_account_privilege(run, "APPLY TAG")) refuse_privilege(run, run.home());
}

ResultSet change_values(Running& run, const Object& tag, bool add) {
  Parser& p = run.parser;
  std::vector<std::string> values = values_of(tag);
  for (const std::string& value : read_values(p)) {
    const auto at = std::find(values.begin(), values.end(), value);
    if (add && at == values.end()) values.push_back(value);
    if (!add && at != values.end()) values.erase(at);
  }
  p.expect_end();
  keep_values(run.catalog.edit(tag.id).props, values);
  return executed();
}

ResultSet set_properties(Running& run, const Object& tag) {
  Parser& p = run.parser;
  Properties props = tag.props;
  if (p.at_end()) p.unexpected();
  if (p.accept("ALLOWED_VALUES")) {
    keep_values(props, read_values(p));
  } else {
    read_settings(p, props);
  }
  p.expect_end();
  check_whole(run, props);
  run.catalog.edit(tag.id).props = std::move(props);
  return executed();
}

ResultSet unset_property(Running& run, const Object& tag) {
  Parser& p = run.parser;
  Properties& props = run.catalog.edit(tag.id).props;
  bool found = false;
  for (const char* word : {"ALLOWED_VALUES", "PROPAGATE", "ON_CONFLICT", "COMMENT"}) {
    if (found || !p.accept(word)) continue;
    found = true;
    props.erase(word);
    if (std::string_view(word) == "PROPAGATE") props.erase("ON_CONFLICT");
  }
  if (!found) p.unexpected();
  p.expect_end();
  return executed();
}

// --- Masking policies of a tag ---------------------------------------------------------------------------------------

std::vector<NameParts> read_policies(Parser& p) {
  std::vector<NameParts> names;
  do {
    p.expect("MASKING POLICY");
    names.push_back(p.qualified());
  } while (p.accept_symbol(","));
  return names;
}

const Attachment* policy_of_type(const Running& run, const Object& tag, const Object& policy) {
  for (const Attachment& a : tag.attachments) {
    const Object* other = run.catalog.find(a.what);
    if (other == nullptr || other->kind != Kind::MaskingPolicy) continue;
    if (type_family(other->columns.front().type) == type_family(policy.columns.front().type)) return &a;
  }
  return nullptr;
}

void set_masking(Running& run, const Object& tag, const Object& policy, bool force) {
  const Attachment* there = policy_of_type(run, tag, policy);
  if (there != nullptr && there->what == policy.id) return;
  // Text not found.
  if (there != nullptr && !force) {
    refuse_text(
        fmt::format("SQL compilation error:\nTag '{}' already has a masking policy of data type {}. Use FORCE to "
                    "replace it.",
                    tag.name, type_parts(policy.columns.front().type).base));
  }
  std::vector<Attachment> all = tag.attachments;
  if (there != nullptr) {
    const Id old = there->what;
    std::erase_if(all, [old](const Attachment& a) { return a.what == old && a.column == 0; });
  }
  all.push_back({policy.id, 0, "", {}});
  run.catalog.attach(tag.id, std::move(all));
}

ResultSet change_masking(Running& run, const Object& tag, bool set) {
  Parser& p = run.parser;
  const std::vector<NameParts> names = read_policies(p);
  const bool force = set && p.accept("FORCE");
  p.expect_end();
  // The one right this takes is the account's (tag entry, privileges).
  if (!has_account_privilege(run, "APPLY MASKING POLICY")) refuse_privilege(run, tag);
  for (const NameParts& name : names) {
    const Object& policy = need(run, Kind::MaskingPolicy, name);
    if (set) {
      set_masking(run, tag, policy, force);
      continue;
    }
    std::vector<Attachment> all = tag.attachments;
    std::erase_if(all, [&](const Attachment& a) { return a.what == policy.id && a.column == 0; });
    run.catalog.attach(tag.id, std::move(all));
  }
  touch(run, tag.id);
  return executed();
}

}  // namespace

ResultSet create_tag(Running& run, const CreateHead& head) {
  Parser& p = run.parser;
  const NameParts name = p.qualified();
  Object object;
  if (p.accept("ALLOWED_VALUES")) keep_values(object.props, read_values(p));
  read_settings(p, object.props);
  p.expect_end();
  check_whole(run, object.props);
  const Object& schema = need_container(run, head.kind, name);
  const Object* existing = check_create(run, head, schema, name.back());
  if (existing != nullptr && head.if_not_exists) return already_exists(name.back());
  if (existing != nullptr && head.or_alter) {
    if (object.props.count("PROPAGATE") > 0) refuse_unsupported("CREATE OR ALTER TAG with PROPAGATE");
    run.catalog.edit(existing->id).props = object.props;  // all that is left out is reset
    touch(run, existing->id);
    return created(head.kind, name.back());
  }
  if (existing != nullptr) put_away(run, *existing);
  make(run, head.kind, schema, name.back(), std::move(object));
  return created(head.kind, name.back());
}

ResultSet alter_tag(Running& run, const Object& tag) {
  Parser& p = run.parser;
  if (p.at("SET MASKING POLICY")) return p.expect("SET"), change_masking(run, tag, true);
  if (p.at("UNSET MASKING POLICY")) return p.expect("UNSET"), change_masking(run, tag, false);
  if (p.at("SET DATA MOVEMENT POLICY") || p.at("UNSET DATA MOVEMENT POLICY") || p.at("UNSET DCM PROJECT"))
    refuse_unsupported("ALTER TAG " + p.rest());
  need_ownership(run, tag);
  ResultSet result = executed();
  if (p.accept("RENAME TO")) {
    rename_to(run, tag);
  } else if (p.accept("ADD ALLOWED_VALUES")) {
    result = change_values(run, tag, true);
  } else if (p.accept("DROP ALLOWED_VALUES")) {
    result = change_values(run, tag, false);
  } else if (p.accept("SET")) {
    result = set_properties(run, tag);
  } else {
    p.expect("UNSET");
    result = unset_property(run, tag);
  }
  touch(run, tag.id);
  return result;
}

using namespace cells;  // NOLINT: the vocabulary of the table

const ShowColumns& tag_columns() {
  static const ShowColumns kTags = {
      {"L:created_on", created_on},
      {"T:name", name},
      {"T:database_name", database_name},
      {"T:schema_name", schema_name},
      {"T:owner", owner},
      {"T:comment", comment},
      {"T:allowed_values", [](const Shown& s) { return prop_or_null(s, "ALLOWED_VALUES"); }},
      {"T:owner_role_type", owner_role_type},
      {"T:propagate", [](const Shown& s) { return prop_or(s, "PROPAGATE", "NONE"); }},
      {"T:on_conflict", [](const Shown& s) { return prop_or_null(s, "ON_CONFLICT"); }},
      {"T:multi_value", [](const Shown&) -> Cell { return "false"; }},
  };
  return kTags;
}

}  // namespace mesh::sandbox
