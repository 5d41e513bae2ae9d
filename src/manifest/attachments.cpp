// Tags, policies and contacts as they stand on objects and columns, and whether they may stand there.
#include <algorithm>

#include <fmt/format.h>

#include "mesh/base/text.hpp"
#include "mesh/kinds/contacts.hpp"
#include "references.hpp"

namespace mesh::manifest {
namespace {

std::optional<QualifiedName> read_full_name(const Site& site, const std::string& text, Place place,
                                            std::string_view what) {
  return read_qualified(text, place, what, 3, 3, site.diagnostics());
}

void add(const Site& site, Attachment attachment) {
  attachment.domain = site.domain.name;
  site.build.state.attachments.insert_or_assign(attachment.key, std::move(attachment));
}

constexpr size_t kMaxTagValue = 256;  // tag entry, quirks

}  // namespace

std::vector<Name> read_columns(const Site& site, const Node& list, std::string_view what) {
  std::vector<Name> names;
  for (const auto& [text, place] : read_texts(list, what, site.diagnostics())) {
    if (auto name = read_name(text, place, "a column", site.diagnostics())) names.push_back(std::move(*name));
  }
  return names;
}

namespace {

// What the key of a policy may be: {policy: D.S.P, on: [COLUMN]}
std::string as_map(const kinds::PolicyForm& form) {
  return form.columns_key.empty() ? std::string("DB.SCHEMA.NAME")
                                  : fmt::format("{{policy: DB.SCHEMA.NAME, {}: [COLUMN]}}", form.columns_key);
}

}  // namespace

std::optional<Attachment> read_policy(const Site& site, const Node& node, const kinds::PolicyForm& form) {
  const std::string what = kinds::policy_key(form.kind);
  const Node* policy = &node;
  Attachment made;
  if (node.is_map()) {
    std::vector<std::string_view> keys = {"policy"};
    if (!form.columns_key.empty()) keys.push_back(form.columns_key);
    check_keys(node, keys, what, site.diagnostics());
    policy = node.find("policy");
    const Node* columns = form.columns_key.empty() ? nullptr : node.find(form.columns_key);
    if (columns != nullptr && !columns->is_null()) made.columns = read_columns(site, *columns, form.columns_key);
  }
  if (policy == nullptr || policy->is_null()) {
    site.diagnostics().error("MESH1103", node.place, fmt::format("{} names no policy", what), "write " + as_map(form));
    return std::nullopt;
  }
  const auto text = read_text(*policy, what, site.diagnostics());
  auto name = text ? read_full_name(site, *text, policy->place, what) : std::nullopt;
  if (!name) return std::nullopt;
  made.key.kind = form.kind;
  made.name = std::move(*name);
  made.place = policy->place;
  return made;
}

std::vector<Attachment> read_tag_map(const Site& site, const Node& map) {
  std::vector<Attachment> tags;
  if (!expect_map(map, "tags", site.diagnostics())) return tags;
  for (const auto& [key, value] : entries(map)) {
    auto name = read_full_name(site, key.text, key.place, "a tag");
    const auto text = read_text(value, key.text, site.diagnostics());
    if (!name || !text) continue;
    if (text->size() > kMaxTagValue) {
      site.diagnostics().error("MESH1301", value.place,
                               fmt::format("the value of tag {} has {} characters", name->display(), text->size()),
                               fmt::format("at most {}", kMaxTagValue));
      continue;
    }
    Attachment made;
    made.key = {{}, KindId::Tag, *name};
    made.name = std::move(*name);
    made.value = *text;
    made.place = key.place;
    tags.push_back(std::move(made));
  }
  return tags;
}

void read_tags(const Site& site, const Node& map, const Bearer& bearer) {
  for (auto& made : read_tag_map(site, map)) {
    made.key.bearer = bearer;
    add(site, std::move(made));
  }
}

std::vector<Attachment> read_contact_map(const Site& site, const Node& map) {
  std::vector<Attachment> contacts;
  if (!expect_map(map, "contacts", site.diagnostics())) return contacts;
  const auto all = kinds::contact_purposes();
  for (const auto& [key, value] : entries(map)) {
    const auto purpose = kinds::contact_purpose(key.text);
    if (purpose.empty()) {
      const std::vector<std::string> purposes(all.begin(), all.end());
      site.diagnostics().error(
          "MESH1301", key.place, fmt::format("'{}' is no purpose of a contact", key.text),
          did_you_mean(to_upper(key.text), purposes, fmt::format("it may be: {}", join(purposes, ", "))));
      continue;
    }
    const auto text = read_text(value, key.text, site.diagnostics());
    auto name = text ? read_full_name(site, *text, value.place, "a contact") : std::nullopt;
    if (!name) continue;
    Attachment made;
    made.key = {{}, KindId::Contact, {}, std::string(purpose)};
    made.name = std::move(*name);
    made.place = value.place;
    contacts.push_back(std::move(made));
  }
  return contacts;
}

void read_contacts(const Site& site, const Node& map, const ObjectId& bearer) {
  for (auto& made : read_contact_map(site, map)) {
    made.key.bearer = {bearer, std::nullopt};
    add(site, std::move(made));
  }
}

namespace {

// VALUE stands for what was measured (data-quality-expectations).
void read_expectations(const Site& site, const Node& map, Attachment& metric) {
  if (map.is_null() || !expect_map(map, "expectations", site.diagnostics())) return;
  for (const auto& [key, value] : entries(map)) {
    const auto name = read_name(key.text, key.place, "an expectation", site.diagnostics());
    auto condition = read_fragment(site, value, sql::FragmentKind::Expression, key.text);
    if (name && condition) metric.expectations[name->stored()] = std::move(condition->text);
  }
}

constexpr const char* kMetricExample = "write - {function: DB.SCHEMA.NAME, on: [COLUMN]}";

std::optional<Attachment> read_metric(const Site& site, const Node& item) {
  if (!expect_map(item, "a metric function", site.diagnostics())) return std::nullopt;
  check_keys(item, {"function", "on", "expectations"}, "a metric function", site.diagnostics());
  const Node *function = item.find("function"), *on = item.find("on"), *expectations = item.find("expectations");
  if (function == nullptr || function->is_null()) {
    site.diagnostics().error("MESH1103", item.place, "this names no metric function", kMetricExample);
    return std::nullopt;
  }
  const auto text = read_text(*function, "function", site.diagnostics());
  auto name = text ? read_full_name(site, *text, function->place, "a data metric function") : std::nullopt;
  if (!name) return std::nullopt;
  Attachment made;
  if (on != nullptr && !on->is_null()) made.columns = read_columns(site, *on, "on");
  if (expectations != nullptr) read_expectations(site, *expectations, made);
  made.name = std::move(*name);
  made.place = function->place;
  measure(made, {});
  return made;
}

}  // namespace

void measure(Attachment& metric, const ObjectId& relation) {
  std::vector<std::string> names;
  for (const auto& column : metric.columns) names.push_back(column.display());
  metric.key = {{relation, std::nullopt}, KindId::DataMetricFunction, metric.name, "(" + join(names, ", ") + ")"};
}

std::vector<Attachment> read_metric_list(const Site& site, const Node& list) {
  std::vector<Attachment> metrics;
  if (list.is_null()) return metrics;
  if (!list.is_list()) {
    site.diagnostics().error("MESH1102", list.place,
                             fmt::format("data_metrics must be a list, not {}", type_words(list)), kMetricExample);
    return metrics;
  }
  for (const auto& item : list.items) {
    if (auto metric = read_metric(site, item)) metrics.push_back(std::move(*metric));
  }
  return metrics;
}

void read_metrics(const Site& site, const Node& list, const ObjectId& bearer) {
  for (auto& made : read_metric_list(site, list)) {
    measure(made, bearer);
    if (const auto there = site.build.state.attachments.find(made.key); there != site.build.state.attachments.end()) {
      auto& error =
          site.diagnostics().error("MESH1105", made.place, fmt::format("{} stands here twice", made.address()),
                                   "put all its expectations into one entry");
      error.notes.push_back({"it stands here first", there->second.place});
      continue;
    }
    add(site, std::move(made));
  }
}

const Object* declared_metric(const State& state, const QualifiedName& name) {
  const auto overload = state.objects.lower_bound({KindId::DataMetricFunction, name});
  const bool found = overload != state.objects.end() && overload->first.kind == KindId::DataMetricFunction &&
                     overload->first.name == name;
  return found ? &overload->second : nullptr;
}

void read_policies(const Site& site, const Node& body, const Bearer& bearer, kinds::AttachesTo to) {
  for (const auto& form : kinds::policy_forms()) {
    const std::string key = kinds::policy_key(form.kind);
    const Node* node = form.to == to ? body.find(key) : nullptr;
    auto made = node == nullptr || node->is_null() ? std::nullopt : read_policy(site, *node, form);
    if (!made) continue;
    if (form.needs_columns && made->columns.empty()) {
      site.diagnostics().error("MESH1103", node->place, fmt::format("{} names no column", key),
                               "write " + as_map(form));
      continue;
    }
    made->key.bearer = bearer;
    add(site, std::move(*made));
  }
}

void read_no_arguments(const Site& site, const Node& body, const Object& policy) {
  const Node* signature = kinds::has_key(kinds::of(policy.id.kind), "signature") ? body.find("signature") : nullptr;
  if (signature == nullptr || !expect_map(*signature, "signature", site.diagnostics()) || signature->pairs() == 0)
    return;
  site.diagnostics().error("MESH1303", signature->place,
                           fmt::format("{} has a signature, but such a policy has no arguments", policy.id.address()),
                           "take it out");
}

void read_tag_policies(const Site& site, const Node& node, const ObjectId& tag) {
  for (const auto& [text, place] : read_texts(node, "masking_policies", site.diagnostics())) {
    auto name = read_full_name(site, text, place, "a masking policy");
    if (!name) continue;
    Attachment made;
    made.key = {{tag, std::nullopt}, KindId::MaskingPolicy, *name};
    made.name = std::move(*name);
    made.place = place;
    add(site, std::move(made));
  }
}

namespace {

std::string_view family_of(std::string_view type) { return type.substr(0, type.find('(')); }

class AttachmentCheck {
 public:
  AttachmentCheck(Build& build, References& references)
      : build_(build), diagnostics_(build.diagnostics), references_(references) {}

  void run() {
    for (const auto& [key, attachment] : build_.state.attachments) {
      if (key.kind == KindId::DataMetricFunction) {
        columns(attachment);
        metric(attachment);
        continue;
      }
      const ObjectId id{key.kind, attachment.name};
      if (!references_.must_be_known(id, attachment.place, attachment.domain)) continue;
      if (!may_attach(id, attachment)) continue;
      const Object* declared = build_.state.find(id);
      if (key.kind == KindId::Tag) {
        if (declared != nullptr) allowed_value(*declared, attachment);
      } else {
        columns(attachment);
        if (declared != nullptr) fits(*declared, attachment);
      }
    }
    quotas();
  }

 private:
  // An object takes 50 tags, the columns of a table 50 different ones together (user-guide/object-tagging/introduction,
  // Tag quotas).
  void quotas() {
    constexpr size_t kQuota = 50;
    std::map<std::pair<ObjectId, bool>, std::set<QualifiedName>> tags;  // of the object, and of its columns
    for (const auto& [key, attachment] : build_.state.attachments) {
      if (key.kind != KindId::Tag) continue;
      const bool of_column = key.bearer.column.has_value();
      auto& all = tags[{key.bearer.object, of_column}];
      if (!all.insert(attachment.name).second || all.size() != kQuota + 1) continue;
      auto& error = diagnostics_.error(
          "MESH1303", attachment.place,
          fmt::format("{} has more than {} tags{}", key.bearer.object.address(), kQuota,
                      of_column ? " on its columns" : ""),
          fmt::format("Snowflake takes {} on an object, and {} different ones on the columns of one", kQuota, kQuota));
      told(attachment, error);
    }
  }

  // It is named without the types of its arguments. Those of Snowflake (SNOWFLAKE.CORE) are everybody's.
  void metric(const Attachment& attachment) {
    const ObjectId any{KindId::DataMetricFunction, attachment.name};
    const auto* declared = declared_metric(build_.state, attachment.name);
    if (build_.owner_of(any.name) == nullptr) return;
    if (declared != nullptr || references_.must_be_known(any, attachment.place))
      may_attach(declared != nullptr ? declared->id : any, attachment);
  }

  // What it owns, what its owner lets it have, and in a governing domain everything (design 2).
  bool may_attach(const ObjectId& id, const Attachment& attachment) {
    if (!attachment.applied_by.empty()) return true;
    const Domain* self = build_.mesh.find(attachment.domain);
    const Domain* owner = build_.owner_of(id.name);
    if (owner == nullptr || owner == self || self->governs) return true;
    const std::string deploy = build_.mesh.deploy_role(self->name);
    const std::string privilege = id.kind == KindId::DataMetricFunction ? "USAGE" : "APPLY";
    for (const auto& [key, grant] : build_.state.grants) {
      if (key.privilege != privilege || key.target.form != TargetForm::Object || key.target.object != id) continue;
      const auto& role = key.grantee.name.first().stored();
      const Domain* receiver = build_.mesh.owner_of(role);
      if (deploy.empty() || role == deploy || role == "PUBLIC" || receiver == self) return true;
    }
    diagnostics_.error(
        "MESH1408", attachment.place,
        fmt::format("domain {} may not attach {}, which belongs to domain {}", self->name, id.address(), owner->name),
        fmt::format("{} lets it have it with grants: {{{}: [{}]}} on the {}", owner->name,
                    deploy.empty() ? std::string("ROLE") : deploy, privilege, kind_words(id.kind)));
    return false;
  }

  void allowed_value(const Object& tag, const Attachment& attachment) {
    const Value* allowed = tag.find("allowed_values");
    const auto* list = allowed == nullptr ? nullptr : std::get_if<ValueList>(&allowed->data);
    if (list == nullptr || list->empty()) return;
    std::vector<std::string> values;
    for (const auto& each : *list) values.push_back(*each.text());
    if (std::find(values.begin(), values.end(), attachment.value) != values.end()) return;
    diagnostics_.error("MESH1301", attachment.place,
                       fmt::format("'{}' is no value of {}", attachment.value, tag.id.address()),
                       did_you_mean(attachment.value, values, fmt::format("it may be: {}", join(values, ", "))));
  }

  // An apply line reaches many: which one it is about.
  void told(const Attachment& attachment, Diagnostic& diagnostic) const {
    const auto& bearer = attachment.key.bearer;
    const Object* object = attachment.applied_by.empty() ? nullptr : build_.state.find(bearer.object);
    if (object == nullptr) return;
    const Column* column = bearer.column ? column_of(*object, *bearer.column) : nullptr;
    diagnostic.notes.push_back({"it is about " + bearer.address(), column != nullptr ? column->place : object->place});
  }

  const Object* relation_of(const Attachment& attachment) const {
    const Object* object = build_.state.find(attachment.key.bearer.object);
    return object != nullptr && object->id.kind == KindId::Table ? object : nullptr;
  }

  void columns(const Attachment& attachment) {
    const Object* table = relation_of(attachment);
    if (table == nullptr) return;
    for (const auto& name : attachment.columns) {
      if (column_of(*table, name) != nullptr) continue;
      std::vector<std::string> names;
      for (const auto& column : table->columns) names.push_back(column.name.display());
      told(attachment, diagnostics_.error("MESH1205", attachment.place,
                                          fmt::format("{} has no column '{}'", table->id.address(), name.display()),
                                          did_you_mean(name.display(), names)));
    }
  }

  static const Column* column_of(const Object& table, const Name& name) {
    const auto it =
        std::find_if(table.columns.begin(), table.columns.end(), [&](const Column& c) { return c.name == name; });
    return it == table.columns.end() ? nullptr : &*it;
  }

  // As many columns as arguments; of types only the family counts (row_access_policy and masking_policy entries).
  void fits(const Object& policy, const Attachment& attachment) {
    const Value* signature = policy.find("signature");
    const auto* form = kinds::policy_form(policy.id.kind);
    if (signature == nullptr || form == nullptr || !form->by_signature ||
        attachment.key.bearer.object.kind == KindId::Tag)
      return;
    const auto& arguments = std::get<ValueRecord>(signature->data);
    std::vector<Name> columns = attachment.columns;
    if (columns.empty() && attachment.key.bearer.column) columns = {*attachment.key.bearer.column};
    if (columns.size() != arguments.size()) {
      diagnostics_.error("MESH1303", attachment.place,
                         fmt::format("{} has {} arguments, but {} columns are named for it", policy.id.address(),
                                     arguments.size(), columns.size()),
                         attachment.key.kind == KindId::MaskingPolicy
                             ? "write {policy: NAME, using: [COLUMN, OTHER…]}, the masked column first"
                             : "name one column for each argument");
      return;
    }
    const Object* table = relation_of(attachment);
    for (size_t i = 0; table != nullptr && i < columns.size(); ++i) {
      const Column* column = column_of(*table, columns[i]);
      if (column == nullptr || column->type.family().empty()) continue;
      const auto wanted = family_of(*arguments[i].second.text());
      if (column->type.family() == wanted) continue;
      told(attachment, diagnostics_.error("MESH1303", attachment.place,
                                          fmt::format("column {} is {}, but {} wants {} there", columns[i].display(),
                                                      column->type.to_string(), policy.id.address(), wanted),
                                          "use a policy for that type"));
    }
  }

  Build& build_;
  Diagnostics& diagnostics_;
  References& references_;
};

}  // namespace

void check_attachments(Build& build, References& references) { AttachmentCheck(build, references).run(); }

}  // namespace mesh::manifest
