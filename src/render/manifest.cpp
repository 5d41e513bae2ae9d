#include "mesh/render/manifest.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "mesh/base/text.hpp"
#include "mesh/kinds/ddl.hpp"
#include "mesh/kinds/document.hpp"
#include "mesh/kinds/kind.hpp"
#include "mesh/kinds/settings.hpp"
#include "mesh/kinds/signature.hpp"
#include "mesh/model/creation.hpp"
#include "mesh/sql/account_names.hpp"
#include "mesh/sql/search_target.hpp"
#include "yaml.hpp"

namespace mesh::render {
namespace {

// Names that Snowflake gives to constraints without one (table entry, constraints).
constexpr std::string_view kSystemConstraint = "SYS_CONSTRAINT_";

bool is_block_key(std::string_view key) {
  return key == "columns" || key == kinds::of(KindId::AccountParameter).collection ||
         kinds::by_collection(key) != nullptr;
}

// Where something stands: its file, and the record in it.
struct File {
  std::string domain;
  ValueRecord top;
};

std::string file_name(const Name& name) {
  std::string out;
  for (const char c : to_lower(name.stored())) {
    out += (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ? c : '_';
  }
  return out;
}

ValueRecord& record_in(ValueRecord& parent, const std::string& key) {
  auto it = std::find_if(parent.begin(), parent.end(), [&](const auto& member) { return member.first == key; });
  if (it == parent.end()) {
    parent.emplace_back(key, ValueRecord{});
    it = parent.end() - 1;
  }
  return std::get<ValueRecord>(it->second.data);
}

ValueList& list_in(ValueRecord& parent, const std::string& key) {
  auto it = std::find_if(parent.begin(), parent.end(), [&](const auto& member) { return member.first == key; });
  if (it == parent.end()) {
    parent.emplace_back(key, ValueList{});
    it = parent.end() - 1;
  }
  return std::get<ValueList>(it->second.data);
}

// ${ begins a variable.
Value literal(const std::string& text) { return Value(replace_all(text, "${", "$${")); }

class Manifests {
 public:
  explicit Manifests(const ManifestInput& input) : input_(input) {
    for (const auto& id : input.chosen) ours_.insert({id.kind, id.name.first()});
    for (const auto& id : input.declared) ours_.insert({id.kind, id.name.first()});
  }

  std::vector<ManifestFile> run() {
    fold_grants();
    for (const auto& id : input_.chosen) write(*input_.state.find(id));
    for (const auto& [key, grant] : input_.state.grants) write_grant(key, grant);
    write_headers();
    return print();
  }

  std::map<std::string, GrantKey> grants() const {
    std::map<std::string, GrantKey> all;
    for (const auto& [key, grant] : input_.state.grants) all.emplace(bare(key).address(), key);
    return all;
  }

 private:
  // --- names without the environment's suffix

  Name bare(KindId level, const Name& name) const {
    if (level == KindId::AccountParameter) return name;
    const auto& suffix = input_.mesh.environment.suffix;
    const auto& stored = name.stored();
    const bool is_ours = ours_.count({level, name}) > 0;
    const bool ends = !suffix.empty() && stored.size() > suffix.size() && stored.ends_with(suffix);
    return is_ours && ends ? Name::exact(stored.substr(0, stored.size() - suffix.size())) : name;
  }
  QualifiedName bare(KindId kind, const QualifiedName& name) const {
    auto parts = name.parts();
    parts[0] = bare(name.depth() == 1 ? kind : KindId::Database, parts[0]);
    return QualifiedName(std::move(parts));
  }
  ObjectId bare(const ObjectId& id) const { return {id.kind, bare(id.kind, id.name), id.arguments}; }
  Grantee bare(const Grantee& grantee) const {
    return {grantee.type, bare(mesh::object_of(grantee).kind, grantee.name)};
  }
  GrantKey bare(GrantKey key) const {
    if (key.target.form != TargetForm::Account) key.target.object = bare(key.target.object);
    key.grantee = bare(key.grantee);
    return key;
  }
  Value bare_sql(const std::string& text) const { return literal(bare_names(text)); }
  std::string bare_names(const std::string& text) const {
    const auto rename = [&](KindId level, const Name& name) -> std::optional<Name> {
      const Name other = bare(level, name);
      return other == name ? std::nullopt : std::optional<Name>(other);
    };
    return sql::rename_account_names(text, rename);
  }

  // --- where things stand

  const Domain* domain_of(const ObjectId& id) const { return kinds::owner_of_live(input_.mesh, id); }

  File& file_of(const ObjectId& id) {
    const auto& name = id.name;
    const Domain& domain = *domain_of(id);
    std::string path = domain.path + "/";
    if (name.depth() == 1 && id.kind != KindId::Database) {
      path += std::string(kinds::of(id.kind).collection) + ".yaml";
    } else {
      path += file_name(bare(KindId::Database, name.first())) + "/";
      const bool in_schema = name.depth() > 2 || id.kind == KindId::Schema;
      path += in_schema ? file_name(name.parts()[1]) + ".yaml" : "database.yaml";
    }
    auto& file = files_[path];
    file.domain = domain.name;
    return file;
  }

  // Its key in the collection: the name, of a function with its arguments.
  std::string key_of(const ObjectId& id) const {
    const Object* object = is_overloaded(id.kind) ? input_.state.find(id) : nullptr;
    return object == nullptr ? bare(id).name.last().display() : kinds::signature_key(*object);
  }

  // The object's record in its file; its containers stand around it by name.
  ValueRecord& record_of(const ObjectId& id) {
    ValueRecord* at = &file_of(id).top;
    const auto parts = bare(id).name.parts();
    if (parts.size() > 1) at = &record_in(record_in(*at, "databases"), parts[0].display());
    if (parts.size() > 2) at = &record_in(record_in(*at, "schemas"), parts[1].display());
    return record_in(record_in(*at, std::string(kinds::of(id.kind).collection)), key_of(id));
  }

  // --- objects

  // PARAMETER: value.
  void parameter(const Object& object) {
    const auto& name = object.id.name.last().stored();
    const auto& setting = *kinds::find_setting(name);
    const auto& row = *kinds::find_property(kind_of(object), kinds::property_of(setting));
    const Value& value = *object.find(row.name);
    const bool is_name = setting.type == kinds::SettingType::Identifier && value.text() != nullptr;
    record_in(file_of(object.id).top, std::string(kind_of(object).collection))
        .emplace_back(name, is_name ? literal(Name::exact(*value.text()).display()) : written(row, value));
  }

  void write(const Object& object) {
    if (object.id.kind == KindId::AccountParameter) return parameter(object);
    ValueRecord& record = record_of(object.id);
    if (lies_in_imported(input_.state, object.id)) return members(object.id, record);
    const auto& kind = kinds::of(object.id.kind);
    for (const bool is_comment : {true, false}) {
      for (const auto& row : kind.properties) {
        if ((row.name == "comment") == is_comment) property(row, object, record);
      }
    }
    if (!object.live.owner.empty() && object.live.owner_type == "ROLE") owner(object, record);
    if (kind.has_columns && !kind.columns_by_name) table(object, record);
    texts(object, record);
    attachments({object.id, std::nullopt}, record);
    if (kind.columns_by_name) view_columns(object, record), cluster_by(object, record);
    if (object.id.kind == KindId::Role || object.id.kind == KindId::DatabaseRole) members(object.id, record);
    if (input_.additive.count(object.id) > 0) record.emplace_back("privileges", "additive");
  }

  // Where a role of the mesh owns it; the domain's deploy role owns whatever it makes.
  void owner(const Object& object, ValueRecord& record) {
    const ObjectId role{KindId::Role, QualifiedName({object.live.owner})};
    const bool is_ours = input_.chosen.count(role) > 0 || input_.declared.count(role) > 0;
    const Domain* domain = domain_of(object.id);
    if (!is_ours || object.live.owner.stored() == input_.mesh.deploy_role(domain->name)) return;
    record.emplace_back("owner", bare(KindId::Role, object.live.owner).display());
  }

  // Whether the object would be declared wrongly without it.
  static bool is_needed(const kinds::PropertyRow& row, const Object& object) {
    const auto contradiction = kinds::of(object.id.kind).contradiction;
    if (contradiction == nullptr) return false;
    Object without = object;
    without.properties.erase(std::string(row.name));
    return contradiction(object).empty() && !contradiction(without).empty();
  }

  // A list of which not all can be written would take the rest away.
  static bool lacks_entries(const Value& shown, const Value& value) {
    const auto *some = std::get_if<ValueList>(&shown.data), *all = std::get_if<ValueList>(&value.data);
    return some != nullptr && all != nullptr && some->size() < all->size();
  }

  void property(const kinds::PropertyRow& row, const Object& object, ValueRecord& record) {
    if (row.change == kinds::ChangeBy::CreateOnly || row.in_key || object.live.unknown.count(std::string(row.name)) > 0)
      return;
    const Value* value = object.find(row.name);
    // Left alone where it is not written: only what is out of the ordinary.
    const bool is_ordinary = row.absent == kinds::Absent::Leave && value != nullptr &&
                             (*value == Value(false) || (!row.values.empty() && value->text() != nullptr &&
                                                         *value->text() == row.values.front()));
    const bool is_own = row.as_written == nullptr || value == nullptr || value->text() == nullptr ||
                        !row.as_written(*value->text()).empty();
    if (value == nullptr || value->is_null() || (is_ordinary && !is_needed(row, object)) || !is_own ||
        (row.applies != nullptr && !row.applies(object)))
      return;
    if (row.absent != kinds::Absent::NotSetHere) {
      Value otherwise = kinds::default_of(row);
      if (row.default_for != nullptr) {
        const auto text = row.default_for(object);
        if (const auto canonical = kinds::canonical(row, text); !text.empty() && canonical) otherwise = *canonical;
      }
      if (*value == otherwise) return;
    }
    Value shown = written(row, *value);
    if (row.absent == kinds::Absent::Leave && lacks_entries(shown, *value)) return;
    const auto group = kinds::group_of(row);
    ValueRecord& home = group.empty() ? record : record_in(record, std::string(group));
    home.emplace_back(std::string(kinds::key_in_group(row)), std::move(shown));
    // What DDL has together a manifest has too, though nothing tells it (a monitor's start).
    const auto* companion =
        row.altered_with.empty() ? nullptr : kinds::find_property(kind_of(object), row.altered_with);
    if (companion != nullptr && object.find(companion->name) == nullptr)
      home.emplace_back(std::string(companion->name), written(*companion, kinds::default_of(*companion)));
  }
  static const kinds::Kind& kind_of(const Object& object) { return kinds::of(object.id.kind); }

  // "90 SUSPEND" is {at: 90, do: suspend}.
  static Value entry(const kinds::PropertyRow& row, const std::string& text) {
    const auto parts = split(text, ' ');
    ValueRecord record;
    for (size_t i = 0; i < row.entry_keys.size() && i < parts.size(); ++i) {
      const bool is_number = !parts[i].empty() && parts[i].find_first_not_of("0123456789") == std::string::npos;
      const auto word = row.change == kinds::ChangeBy::Triggers ? to_lower(parts[i]) : parts[i];
      record.emplace_back(std::string(row.entry_keys[i]),
                          is_number ? Value(static_cast<int64_t>(std::stoll(parts[i]))) : Value(word));
    }
    return record;
  }

  // A part of a document: names as SQL reads them, texts as a manifest has them.
  Value document(const kinds::Field& form, Value value) const {
    kinds::rename_in_field(form, value, [&](const kinds::Field& field, const std::string& text) {
      if (field.type == kinds::FieldType::Query) return bare_names(text);
      return field.refers_to ? bare(kinds::named_by(field, text)).name.display() : Name::exact(text).display();
    });
    return literals(std::move(value));
  }
  static Value literals(Value value) {
    if (auto* list = std::get_if<ValueList>(&value.data)) {
      for (auto& each : *list) each = literals(std::move(each));
    } else if (auto* record = std::get_if<ValueRecord>(&value.data)) {
      for (auto& [key, each] : *record) each = literals(std::move(each));
    } else if (const auto* text = value.text()) {
      return literal(*text);
    }
    return value;
  }

  Value written(const kinds::PropertyRow& row, const Value& value) const {
    if (row.form != nullptr) return document(*row.form, value);
    if (const auto* list = std::get_if<ValueList>(&value.data)) {
      ValueList all;
      for (const auto& each : *list) {
        if (!row.entry_keys.empty()) {
          all.push_back(entry(row, *each.text()));
        } else if (row.as_written == nullptr) {
          all.push_back(written(row, each));
        } else if (const auto text = row.as_written(*each.text()); !text.empty()) {
          all.push_back(literal(text));
        }
      }
      return all;
    }
    if (const auto* record = std::get_if<ValueRecord>(&value.data)) {
      ValueRecord arguments;
      for (const auto& [name, type] : *record) arguments.emplace_back(Name::exact(name).display(), type);
      return arguments;
    }
    const std::string* text = value.text();
    if (text == nullptr) return value;
    if (row.type == kinds::ValueType::Identifier || row.type == kinds::ValueType::Names) {
      const Name name = Name::exact(*text);
      return literal((row.refers_to ? bare(*row.refers_to, name) : name).display());
    }
    if (row.type == kinds::ValueType::StagePath) {
      const auto stage = bare(kinds::named_by(row, *text));
      return literal("@" + stage.name.display() + kinds::parts_of_stage_path(*text).second);
    }
    if (row.type == kinds::ValueType::Address) {
      if (const auto id = parse_address(*text)) return literal(bare(*id).address());
    }
    if (row.type == kinds::ValueType::ObjectName) {
      if (const auto name = QualifiedName::parse_output(*text)) return literal(bare(KindId::Database, *name).display());
    }
    if (const auto stage = row.has_stages ? kinds::stage_of(*text) : std::nullopt)
      return literal(kinds::with_stage(*text, bare(KindId::Stage, stage->name)));
    return literal(*text);
  }

  void table(const Object& table, ValueRecord& record) {
    std::set<Name> keys;
    for (const auto& constraint : table.constraints) {
      if (constraint.type == ConstraintType::PrimaryKey)
        keys.insert(constraint.columns.begin(), constraint.columns.end());
    }
    ValueRecord& columns = record_in(record, "columns");
    for (const auto& each : table.columns) {
      columns.emplace_back(each.name.display(), column(table.id, each, keys.count(each.name) > 0));
    }
    for (const auto& constraint : table.constraints) write_constraint(constraint, record);
    if (table.checks && !table.checks->empty()) {
      ValueRecord& checks = record_in(record, "check");
      for (const auto& check : *table.checks) checks.emplace_back(check.name.display(), bare_sql(check.condition.text));
    }
    if (table.search_optimization && table.search_optimization->on && table.search_optimization->targets_known) {
      ValueList& targets = list_in(record, "search_optimization");
      for (const auto& target : table.search_optimization->targets) targets.push_back(literal(sql::to_display(target)));
    }
    cluster_by(table, record);
  }

  void cluster_by(const Object& object, ValueRecord& record) {
    if (!object.cluster_by || object.cluster_by->empty()) return;
    ValueList& cluster = list_in(record, "cluster_by");
    for (const auto& key : *object.cluster_by) cluster.push_back(bare_sql(key.text));
  }

  Value column(const ObjectId& table, const Column& column, bool in_key) const {
    ValueRecord record{{"type", column.type.to_string()}};
    if (!column.nullable && !in_key) record.emplace_back("nullable", false);
    if (column.virtual_as) {
      record.emplace_back("as", bare_sql(column.virtual_as->text));
    } else if (column.identity) {
      record.emplace_back("identity", ValueRecord{{"start", Value(column.identity->start)},
                                                  {"increment", Value(column.identity->increment)}});
    } else if (column.default_value) {
      record.emplace_back("default", bare_sql(column.default_value->text));
    }
    if (!column.collate.empty()) record.emplace_back("collate", literal(column.collate));
    if (!column.comment.empty()) record.emplace_back("comment", literal(column.comment));
    attachments({table, column.name}, record);
    return record.size() == 1 ? record.front().second : Value(std::move(record));
  }

  static ValueList names(const std::vector<Name>& all) {
    ValueList list;
    for (const auto& name : all) list.emplace_back(name.display());
    return list;
  }

  void write_constraint(const Constraint& constraint, ValueRecord& record) {
    ValueRecord made{{"columns", names(constraint.columns)}};
    if (constraint.type == ConstraintType::ForeignKey) {
      std::string references = bare(KindId::Table, constraint.references).display();
      if (!constraint.references_columns.empty()) {
        std::vector<std::string> columns;
        for (const auto& name : constraint.references_columns) columns.push_back(name.display());
        references += "(" + join(columns, ", ") + ")";
      }
      made.emplace_back("references", std::move(references));
    }
    if (!constraint.stored_name.empty() && !constraint.stored_name.starts_with(kSystemConstraint)) {
      made.emplace_back("name", Name::exact(constraint.stored_name).display());
    }
    if (constraint.rely.value_or(false)) made.emplace_back("rely", true);
    Value value = made.size() == 1 ? made.front().second : Value(std::move(made));
    switch (constraint.type) {
      case ConstraintType::PrimaryKey:
        record.emplace_back("primary_key", std::move(value));
        return;
      case ConstraintType::Unique:
        list_in(record, "unique").push_back(std::move(value));
        return;
      case ConstraintType::ForeignKey:
        list_in(record, "foreign_keys").push_back(std::move(value));
        return;
    }
    broken_promise("every constraint type is named", __FILE__, __LINE__);
  }

  void texts(const Object& object, ValueRecord& record) {
    for (const auto& row : kinds::of(object.id.kind).texts) {
      const auto* text = object.text(row.name);
      if (text != nullptr)
        record.emplace_back(row.name, kinds::is_sql(row, object) ? bare_sql(text->text) : Value(text->text));
    }
  }

  // Those that say something; all of them where its CREATE must name them and nothing else does.
  void view_columns(const Object& view, ValueRecord& record) {
    const bool all = view.find("column_list") == nullptr && !kinds::listed_columns(view).empty();
    for (const auto& column : view.columns) {
      if (all) record_in(record_in(record, "columns"), column.name.display());
      ValueRecord said;
      if (!column.comment.empty()) said.emplace_back("comment", literal(column.comment));
      attachments({view.id, column.name}, said);
      if (!said.empty()) record_in(record_in(record, "columns"), column.name.display()) = std::move(said);
    }
  }

  void members(const ObjectId& role, ValueRecord& record) {
    for (const auto& [key, membership] : input_.state.memberships) {
      if (key.role != role || key.member.type == GranteeType::User) continue;
      list_in(record, "granted_to").push_back(Value(written(key.member)));
    }
  }

  // --- tags and policies

  // What the bearer has of them, under the keys that its manifest has for each kind.
  void attachments(const Bearer& bearer, ValueRecord& record) const {
    const auto& all = input_.state.attachments;
    for (auto it = all.lower_bound(AttachmentKey{bearer, KindId{}, {}}); it != all.end() && it->first.bearer == bearer;
         ++it) {
      if (input_.without_attachments.count(it->first) == 0) attachment(it->second, record);
    }
  }

  void attachment(const Attachment& each, ValueRecord& record) const {
    const std::string name = literal_name(each.name);
    if (each.key.kind == KindId::Contact) {
      record_in(record, "contacts").emplace_back(each.key.slot, name);
    } else if (each.key.kind == KindId::DataMetricFunction) {
      ValueRecord metric{{"function", name}};
      if (!each.columns.empty()) metric.emplace_back("on", names(each.columns));
      ValueRecord expectations;
      for (const auto& [expectation, condition] : each.expectations)
        expectations.emplace_back(*literal(Name::exact(expectation).display()).text(), literal(condition));
      if (!expectations.empty()) metric.emplace_back("expectations", std::move(expectations));
      list_in(record, "data_metrics").push_back(Value(std::move(metric)));
    } else if (each.key.kind == KindId::Tag) {
      record_in(record, "tags").emplace_back(name, literal(each.value));
    } else if (each.key.bearer.object.kind == KindId::Tag) {
      list_in(record, "masking_policies").push_back(Value(name));
    } else {
      const std::string key = replace_all(kind_words(each.key.kind), " ", "_");
      record.emplace_back(key, policy(each, name));
    }
  }

  // By its name alone where it looks at its own column only.
  static Value policy(const Attachment& each, const std::string& name) {
    const auto& column = each.key.bearer.column;
    if (column && each.columns.size() <= 1) return Value(name);
    return ValueRecord{{"policy", name}, {column ? "using" : "on", names(each.columns)}};
  }

  std::string literal_name(const QualifiedName& name) const {
    return *literal(bare(KindId::Database, name).display()).text();
  }

  // --- grants

  std::string written(const Grantee& grantee) const {
    const Grantee named = bare(grantee);
    return named.type == GranteeType::Role ? named.name.display() : named.display();
  }

  std::vector<ObjectId> in_container(KindId kind, const ObjectId& container) const {
    std::vector<ObjectId> inside;
    for (const auto& [id, object] : input_.state.objects) {
      if (id.kind == kind && id.name.is_under(container.name) && !object.live.born) inside.push_back(id);
    }
    return inside;
  }

  // A future grant whose privilege every object there has already.
  void fold_grants() {
    for (const auto& [key, grant] : input_.state.grants) {
      if (key.target.form != TargetForm::FutureIn || key.privilege == "OWNERSHIP") continue;
      std::vector<GrantKey> present;
      for (const auto& id : in_container(key.target.of_kind, key.target.object)) {
        present.push_back({{TargetForm::Object, id, KindId::Table}, key.grantee, key.privilege});
      }
      const bool all = !present.empty() && std::all_of(present.begin(), present.end(), [&](const GrantKey& one) {
        const auto it = input_.state.grants.find(one);
        return it != input_.state.grants.end() && it->second.grant_option == grant.grant_option;
      });
      if (!all) continue;
      spread_.insert(key);
      folded_.insert(present.begin(), present.end());
    }
  }

  void write_grant(const GrantKey& key, const Grant& grant) {
    if (folded_.count(key) > 0 || input_.without.count(key) > 0) return;
    if (key.target.form == TargetForm::Account) return account_grant(key, grant);
    if (input_.chosen.count(key.target.object) == 0) return;
    if (key.target.form == TargetForm::Object && !grant.grant_option) {
      list_in(record_in(record_of(key.target.object), "grants"), written(key.grantee)).push_back(Value(key.privilege));
      return;
    }
    const ObjectId object = bare(key.target.object);
    std::string on = object.address();
    if (key.target.form == TargetForm::FutureIn || key.target.form == TargetForm::PresentIn) {
      const std::string plural = to_lower(kinds::of(key.target.of_kind).sql_plural);
      const bool future = key.target.form == TargetForm::FutureIn && spread_.count(key) == 0;
      on = fmt::format("{}{} in {}", future ? "future " : "", plural, object.address());
    }
    add_grant(file_of(key.target.object), key, grant, on);
  }

  // Where the role's domain may grant on the account.
  void account_grant(const GrantKey& key, const Grant& grant) {
    const ObjectId role{KindId::Role, key.grantee.name};
    if (key.grantee.type != GranteeType::Role || input_.chosen.count(role) == 0) return;
    if (domain_of(role)->account) add_grant(file_of(role), key, grant, "account");
  }

  void add_grant(File& file, const GrantKey& key, const Grant& grant, const std::string& on) const {
    const Value to = bare(key.grantee).display();
    auto& grants = list_in(file.top, "grants");
    for (auto& item : grants) {
      auto& record = std::get<ValueRecord>(item.data);
      if (record[0].second != to || record[2].second != Value(on) || (record.size() > 3) != grant.grant_option)
        continue;
      std::get<ValueList>(record[1].second.data).push_back(Value(key.privilege));
      return;
    }
    ValueRecord record{{"to", to}, {"privileges", ValueList{Value(key.privilege)}}, {"on", Value(on)}};
    if (grant.grant_option) record.emplace_back("grant_option", true);
    grants.push_back(std::move(record));
  }

  // --- files

  void write_headers() {
    for (const auto& domain : input_.mesh.domains) {
      if (input_.headless.count(domain.name) == 0) continue;
      const bool has_files = std::any_of(files_.begin(), files_.end(),
                                         [&](const auto& file) { return file.second.domain == domain.name; });
      const auto notes = input_.notes.find(domain.name);
      if (!has_files && notes == input_.notes.end()) continue;
      auto& file = files_[domain.path + "/domain.yaml"];
      file.domain = domain.name;
      file.top = {{"domain", domain.name},
                  {"team", ValueRecord{{"name", domain.name}, {"email", domain.name + "@example.com"}}}};
    }
  }

  // `grants` stands last, as people write it.
  static void order_keys(ValueRecord& top) {
    std::stable_partition(top.begin(), top.end(), [](const auto& member) { return member.first != "grants"; });
  }

  std::vector<ManifestFile> print() {
    std::vector<ManifestFile> out;
    std::set<std::string> noted;
    for (auto& [path, file] : files_) {
      order_keys(file.top);
      auto yaml = to_yaml(file.top, is_block_key);
      ManifestFile made{path, {}, {}};
      if (noted.insert(file.domain).second) made.text = notes_of(file.domain);
      const int shift = static_cast<int>(std::count(made.text.begin(), made.text.end(), '\n'));
      made.text += yaml.text;
      for (const auto& [line, keys] : yaml.lines) {
        if (const auto id = object_of(keys)) made.objects.emplace_back(line + shift, *id);
      }
      out.push_back(std::move(made));
    }
    return out;
  }

  std::string notes_of(const std::string& domain) const {
    const auto it = input_.notes.find(domain);
    if (it == input_.notes.end()) return {};
    std::string text;
    for (const auto& note : it->second) text += "# " + replace_all(note, "\n", "\n# ") + "\n";
    return text;
  }

  // From the keys around a line: databases, SALES, schemas, ORDERS, tables, T, ...
  std::optional<ObjectId> object_of(const std::vector<std::string>& keys) const {
    std::vector<Name> parts;
    std::optional<ObjectId> found;
    if (keys.size() == 2 && keys[0] == kinds::of(KindId::AccountParameter).collection)
      found = ObjectId{KindId::AccountParameter, QualifiedName({Name::exact(keys[1])})};
    for (size_t i = 0; i + 1 < keys.size(); i += 2) {
      const auto* kind = kinds::by_collection(keys[i]);
      if (kind == nullptr) break;
      if (is_overloaded(kind->id)) {
        const auto signature = kinds::parse_signature(keys[i + 1]);
        if (!signature) break;
        parts.push_back(signature->name);
        found = ObjectId{kind->id, QualifiedName(parts), kinds::types_of(signature->arguments)};
        break;
      }
      const auto name = Name::parse(keys[i + 1]);
      if (!name) break;
      parts.push_back(*name);
      found = ObjectId{kind->id, QualifiedName(parts)};
    }
    if (!found) return found;
    for (const auto& id : input_.chosen) {
      if (bare(id) == *found) return id;
    }
    return std::nullopt;
  }

  const ManifestInput& input_;
  std::set<std::pair<KindId, Name>> ours_;
  std::map<std::string, File> files_;
  std::set<GrantKey> folded_, spread_;
};

}  // namespace

std::vector<ManifestFile> manifest_files(const ManifestInput& input) { return Manifests(input).run(); }

std::map<std::string, GrantKey> grants_as_written(const ManifestInput& input) { return Manifests(input).grants(); }

std::optional<ObjectId> object_at(const ManifestFile& file, int line) {
  std::optional<ObjectId> found;
  for (const auto& [first, id] : file.objects) {
    if (first <= line) found = id;
  }
  return found;
}

}  // namespace mesh::render
