#include "mesh/diff/diff.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "compare.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/policies.hpp"
#include "mesh/sql/names_in_strings.hpp"
#include "mesh/sql/normalise.hpp"
#include "mesh/sql/references.hpp"
#include "recreated.hpp"
#include "table_parts.hpp"

namespace mesh {
namespace diff_parts {

Change change_of(const ObjectId& id, const std::string& domain, Action action, Reason reason, Place place) {
  Change change;
  change.address = id.address();
  change.kind = kind_words(id.kind);
  change.name = id.display();
  change.domain = domain;
  change.action = action;
  change.reason = reason;
  change.place = place;
  change.object = id;
  return change;
}

void add_statement(Change& change, Act act, std::string sql, const std::string& role) {
  change.statements.push_back({std::move(sql), role, act, {}});
}

void add_makes(Change& change, const ObjectId& id) {
  change.makes.push_back(id.address());
  // What calls it names no overload.
  if (is_overloaded(id.kind)) change.makes.push_back(ObjectId{id.kind, id.name}.address());
}

void add_handover(Change& change, const ObjectId& object, const Name& to, const std::string& role) {
  // A pipe must be paused first (grants.md section 2, side effects).
  if (object.kind == KindId::Pipe) {
    const auto* paused = kinds::find_property(kinds::of(object.kind), "pipe_execution_paused");
    for (auto& sql : kinds::property_statements(object, {{paused, Value(true), false}}))
      change.statements.push_back({std::move(sql), role, Act::HandOver, Handover{object, to}});
  }
  change.statements.push_back({kinds::transfer_ownership(object, to), role, Act::HandOver, Handover{object, to}});
}

std::string with_row_count(const std::string& words, const std::optional<int64_t>& rows) {
  if (!rows) return words;
  return fmt::format("{} ({} {})", words, with_thousands(*rows), *rows == 1 ? "row" : "rows");
}

bool held_by_another_mesh(const Sides& sides, const Object& desired, const char* way_out, DiffResult& result) {
  const auto it = sides.ledger.other_meshes.find(desired.id.address());
  if (it == sides.ledger.other_meshes.end()) return false;
  result.findings.push_back({Severity::Error,
                             "MESH4003",
                             fmt::format("{} belongs to {}", desired.id.address(), it->second),
                             way_out,
                             desired.id.address(),
                             desired.place,
                             {}});
  return true;
}

Consent consent_for(const Sides& sides, const ObjectId& id, const Name* column) {
  for (const auto& tombstone : sides.desired().removed) {
    if (tombstone.action != Tombstone::Action::Drop) continue;
    if (column != nullptr && tombstone.column && tombstone.object == id && *tombstone.column == *column)
      return Consent::Given;
    // A container's tombstone covers what mesh knows inside it: each is still dropped, and shown, by itself.
    const bool covers = tombstone.object == id || id.name.is_under(tombstone.object.name);
    if (!tombstone.column && covers && column == nullptr) return Consent::Given;
  }
  const auto& allowed = sides.options.allow_destroy;
  if (allowed.empty()) return Consent::Missing;
  if (sides.mesh().environment.is_protected) return Consent::Protected;
  const std::string address = column == nullptr ? id.address() : "column " + id.name.child(*column).display();
  const bool named = allowed.count("all") > 0 || allowed.count(address) > 0 || allowed.count(id.address()) > 0;
  return named ? Consent::Given : Consent::Missing;
}

std::string tombstone_text(const Mesh& mesh, const ObjectId& live, const Name* column) {
  const auto id = mesh.as_written(live);
  const std::string address = column == nullptr ? id.address() : "column " + id.name.child(*column).display();
  // In YAML's short form a quote or a comma would end the word.
  const bool plain = address.find_first_of("\"',#:{}[]") == std::string::npos;
  return fmt::format("removed: [{{object: {}, action: drop}}]",
                     plain ? address : "'" + replace_all(address, "'", "''") + "'");
}

Refusal refuse_loss(const Sides& sides, const ObjectId& id, const Name* column, const std::string& what, Place place) {
  const std::string address = column == nullptr ? id.address() : "column " + id.name.child(*column).display();
  Refusal refusal;
  refusal.address = address;
  refusal.code = "MESH2001";
  refusal.message = fmt::format("{} {}, and nothing in the manifests consents to it", address, what);
  refusal.ways_out = fmt::format("put its lines back; or consent in the domain's manifest: {}",
                                 tombstone_text(sides.mesh(), id, column));
  if (!sides.mesh().environment.is_protected) {
    refusal.ways_out += fmt::format("; or, in this environment, apply with --allow-destroy '{}'", address);
  }
  refusal.place = place;
  return refusal;
}

namespace {

// A call names no overload: ObjectIds of functions are without arguments.
void add_references(const std::string& text, const QualifiedName& home, std::vector<ObjectId>& out) {
  for (const auto& reference : sql::find_references(text)) {
    const auto full = sql::full_name(reference.name, home);
    if (reference.is_sequence) {
      out.push_back({KindId::Sequence, full});
    } else if (reference.is_function) {
      out.push_back({KindId::Function, full});
    } else if (reference.is_stage) {
      out.push_back({KindId::Stage, full});
    } else if (full != home) {
      for (const auto kind : kinds::sources()) out.push_back({kind, full});
    }
  }
  for (const auto& found : sql::names_in_strings(text)) {
    if (auto object = sql::object_in(found, home)) out.push_back(*std::move(object));
  }
}

}  // namespace

std::map<std::string, std::string> echoed_texts(const Object& desired) {
  std::map<std::string, std::string> texts;
  for (const auto& [key, text] : desired.texts) texts.emplace(key, text.text);
  if (desired.cluster_by && !desired.cluster_by->empty()) {
    std::vector<std::string> keys;
    for (const auto& key : *desired.cluster_by) keys.push_back(key.text);
    texts["cluster_by"] = join(keys, ", ");
  }
  for (const auto& column : desired.columns) {
    if (column.default_value) texts["columns." + column.name.stored() + ".default"] = column.default_value->text;
    if (column.virtual_as) texts["columns." + column.name.stored() + ".as"] = column.virtual_as->text;
  }
  if (desired.checks) {
    for (const auto& check : *desired.checks) texts["check." + check.name.stored()] = check.condition.text;
  }
  return texts;
}

bool same_text(const LedgerEntry* entry, const std::string& key, const std::string& desired, const std::string& live,
               bool (*same)(std::string_view, std::string_view)) {
  if (same(desired, live)) return true;
  if (entry == nullptr) return false;
  const auto echo = entry->echoes.find(key);
  if (echo == entry->echoes.end()) return false;
  return echo->second.written_hash == sql::text_hash(desired) && sql::same_sql(echo->second.echo, live);
}

LedgerEntry entry_for(const Sides& sides, const Object& desired, bool made) {
  LedgerEntry entry;
  if (const auto* old = sides.entry(desired.id)) entry = *old;
  entry.address = desired.id.address();
  entry.domain = desired.domain;
  entry.made = made;
  if (desired.prevent_destroy) entry.prevent_destroy = *desired.prevent_destroy;
  // Only texts that are still written keep their echo; the apply layer adds fresh ones.
  const auto texts = echoed_texts(desired);
  std::erase_if(entry.echoes, [&](const auto& echo) { return texts.count(echo.first) == 0; });
  entry.attached.clear();
  if (kinds::of(desired.id.kind).columns_by_name && desired.columns_stated) entry.attached[kViewColumns] = "commented";
  if (desired.checks && !desired.checks->empty()) entry.attached[kTableChecks] = "set";
  for (const auto* each : attachments_of(sides.desired().state, desired.id)) {
    const auto key = each->ledger_key();
    entry.attached[key] = each->key.kind == KindId::Tag ? each->value : each->name.display();
    if (!each->applied_by.empty()) entry.attached[kApplied + key] = applied_by_line(each->applied_by, each->applied_to);
  }
  if (const auto set = sides.desired().governed.sets.find(desired.id); set != sides.desired().governed.sets.end()) {
    for (const auto& [property, setter] : set->second)
      entry.attached[kApplied + property] = applied_by_line(setter.domain, setter.to);
  }
  if (!desired.agreement.empty()) entry.attached[kAgreement] = desired.agreement;
  remember_what_hangs_on(sides, desired, entry);
  for (const auto& row : kinds::of(desired.id.kind).properties) {
    const Value* value = desired.find(row.name);
    const bool is_list = row.from == kinds::ReadFrom::Hook && row.change == kinds::ChangeBy::Replace;  // column_list
    const bool is_kept = kinds::is_read_singly(row.from) || row.from == kinds::ReadFrom::Remembered || is_list;
    if (is_kept && value != nullptr && !value->is_null())
      entry.attached[std::string(row.name)] = row.change == kinds::ChangeBy::Document ? "set" : remembered_text(*value);
  }
  return entry;
}

Result<Value> recalled(const kinds::PropertyRow& row, const std::string& text) {
  if (!kinds::is_list(row.type)) return kinds::canonical(row, text);
  std::vector<std::string> entries;
  bool open = false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (!open && text[i] == ' ') continue;  // behind a comma
    if (!open) entries.emplace_back(), open = true;
    if (text[i] == ',') {
      open = false;
      continue;
    }
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    entries.back() += text[i];
  }
  return kinds::canonical(row, entries);
}

namespace {

// The name under the renamed container, where `name` is it or inside it.
QualifiedName moved(const QualifiedName& name, const QualifiedName& from, const QualifiedName& to) {
  if (name == from) return to;
  if (!name.is_under(from)) return name;
  auto parts = to.parts();
  parts.insert(parts.end(), name.parts().begin() + static_cast<std::ptrdiff_t>(from.depth()), name.parts().end());
  return QualifiedName(std::move(parts));
}

bool moves_with(const ObjectId& id, const ObjectId& from) {
  if (id == from) return true;
  const bool is_container = from.kind == KindId::Database || from.kind == KindId::Schema;
  return is_container && id.kind != from.kind && id.name.is_under(from.name);
}

ObjectId moved(ObjectId id, const ObjectId& from, const QualifiedName& to) {
  if (moves_with(id, from)) id.name = moved(id.name, from.name, to);
  return id;
}

Grantee moved(Grantee grantee, const ObjectId& from, const QualifiedName& to) {
  grantee.name = moved(object_of(grantee), from, to).name;
  return grantee;
}

State moved(const State& state, const ObjectId& from, const QualifiedName& to) {
  State out;
  for (const auto& [old_id, old_object] : state.objects) {
    const ObjectId id = moved(old_id, from, to);
    Object object = old_object;
    object.id = id;
    // What is bound by id follows (identifiers-and-literals.md section 8: streams; governance-reading.md 8: policies).
    for (const auto& row : kinds::of(id.kind).properties) {
      const auto property = object.properties.find(row.name);
      const bool is_address = row.type == kinds::ValueType::Address;
      const bool is_policy = row.refers_to && kinds::policy_form(*row.refers_to) != nullptr;
      if (!(is_address || is_policy) || property == object.properties.end()) continue;
      if (const auto* text = property->second.value.text()) {
        const auto now = moved(kinds::named_by(row, *text), from, to);
        property->second.value = Value(is_address ? now.address() : now.name.display());
      }
    }
    if (from.kind == KindId::Role && object.live.owner == from.name.last()) object.live.owner = to.last();
    for (auto& constraint : object.constraints) {
      if (constraint.type == ConstraintType::ForeignKey) {
        constraint.references = moved(ObjectId{KindId::Table, constraint.references}, from, to).name;
      }
    }
    out.objects.emplace(id, std::move(object));
  }
  for (const auto& [old_key, old_grant] : state.grants) {
    GrantKey key = old_key;
    Grant grant = old_grant;
    key.target.object = moved(key.target.object, from, to);
    key.grantee = moved(key.grantee, from, to);
    grant.key = key;
    out.grants.emplace(key, std::move(grant));
  }
  for (const auto& [old_key, old_membership] : state.memberships) {
    MembershipKey key = old_key;
    Membership membership = old_membership;
    key.role = moved(key.role, from, to);
    key.member = moved(key.member, from, to);
    membership.key = key;
    out.memberships.emplace(key, std::move(membership));
  }
  for (const auto& [old_key, old_attachment] : state.attachments) {
    Attachment attachment = old_attachment;
    attachment.key.bearer.object = moved(attachment.key.bearer.object, from, to);
    // Objects that name a contact "must be updated with the new name" (alter-contact): set again behind its rename.
    const bool keeps_old = from.kind == KindId::Contact && old_key.kind == KindId::Contact;
    // Metric functions are named without the types of their arguments.
    const auto arguments = from.kind == old_key.kind ? from.arguments : std::string();
    if (!keeps_old) attachment.name = moved(ObjectId{old_key.kind, attachment.name, arguments}, from, to).name;
    if (!old_key.name.empty()) attachment.key.name = attachment.name;
    out.attachments.emplace(attachment.key, std::move(attachment));
  }
  return out;
}

struct MovedLedger {
  Ledger ledger;
  LedgerEffect effect;
};

MovedLedger moved(const Ledger& ledger, const ObjectId& from, const QualifiedName& to) {
  MovedLedger out;
  out.ledger = ledger;
  out.ledger.entries.clear();
  for (auto [address, entry] : ledger.entries) {
    const auto id = parse_address(address);
    const auto there = id ? moved(*id, from, to) : ObjectId{};
    if (!id || there == *id) {
      out.ledger.entries.emplace(address, std::move(entry));
      continue;
    }
    out.effect.remove.push_back(address);
    entry.address = there.address();
    if (*id == from) {
      out.effect.record = entry;
    } else {
      out.effect.also_record.push_back(entry);
    }
    out.ledger.entries.emplace(entry.address, std::move(entry));
  }
  return out;
}

// What is on a column stays on it under another name, in Snowflake and in what the ledger says of the table.
void move_attachments(Sides& sides, const ObjectId& id, const Name& from, const Name& to) {
  std::vector<Attachment> moving;
  for (const auto* each : attachments_of(sides.live, id)) {
    if (each->key.bearer.column == from) moving.push_back(*each);
  }
  for (auto& each : moving) {
    const auto old = each.ledger_key();
    sides.live.attachments.erase(each.key);
    each.key.bearer.column = to;
    if (each.key.kind == KindId::MaskingPolicy && !each.columns.empty()) each.columns.front() = to;
    const auto found = sides.ledger.entries.find(id.address());
    if (found != sides.ledger.entries.end()) {
      for (const std::string& before : {std::string(), std::string(kApplied)}) {
        auto row = found->second.attached.extract(before + old);
        if (row.empty()) continue;
        row.key() = before + each.ledger_key();
        found->second.attached.insert(std::move(row));
      }
    }
    sides.live.attachments.emplace(each.key, std::move(each));
  }
}

Refusal both_exist(const Object& desired, const ObjectId& old) {
  Refusal refusal;
  refusal.address = desired.id.address();
  refusal.code = "MESH2003";
  refusal.message = fmt::format("renamed_from names {}, but both it and {} exist", old.address(), desired.id.address());
  refusal.ways_out =
      "take renamed_from out where the two are different things; or move what is needed and remove the old one";
  refusal.place = desired.place;
  return refusal;
}

Refusal name_stays(const Object& desired, const ObjectId& old, std::string_view why) {
  Refusal refusal;
  refusal.address = desired.id.address();
  refusal.code = "MESH2002";
  refusal.message = fmt::format("{} cannot be renamed to {}", old.address(), desired.id.name.display());
  refusal.ways_out = fmt::format("leave its name: {}", why);
  refusal.place = desired.place;
  return refusal;
}

Refusal rename_is_another_tools(const Object& desired, const ObjectId& old) {
  Refusal refusal;
  refusal.address = desired.id.address();
  refusal.code = "MESH2043";
  refusal.message = fmt::format("{} was declared with manage:, so another tool names it", old.address());
  refusal.ways_out = fmt::format(
      "let that tool rename it to {}, take renamed_from out, and list the old name under removed: with action: forget; "
      "or declare the old name without manage: and apply that first, which makes it mesh's",
      desired.id.name.display());
  refusal.place = desired.place;
  return refusal;
}

}  // namespace

ObjectId Sides::id_in_account(ObjectId id) const {
  for (auto it = renamed.rbegin(); it != renamed.rend(); ++it) {
    const auto& [from, to] = *it;
    id = moved(std::move(id), ObjectId{from.kind, to, from.arguments}, from.name);
  }
  return id;
}

Sides resolve_renames(const DiffInput& input, const DiffOptions& options, DiffResult& result) {
  Sides sides{input, options, input.live.state, input.ledger, {}};
  std::vector<const Object*> renamed;
  for (const auto& [id, object] : input.desired.state.objects) {
    if (object.renamed_from) renamed.push_back(&object);
  }
  // Containers first: what is inside moves with them.
  std::stable_sort(renamed.begin(), renamed.end(),
                   [](const Object* a, const Object* b) { return a->id.name.depth() < b->id.name.depth(); });
  for (const Object* object : renamed) {
    const ObjectId old = object->renamed_id();
    const Object* old_live = sides.live.find(old);
    if (old_live == nullptr) continue;
    if (sides.live.find(object->id) != nullptr) {
      result.refused.push_back(both_exist(*object, old));
      continue;
    }
    const auto keeps_name = kinds::of(old.kind).keeps_name;
    if (const auto why = keeps_name == nullptr ? std::string_view() : keeps_name(*old_live); !why.empty())
      result.refused.push_back(name_stays(*object, old, why));
    if (const auto* entry = sides.ledger.find(old); entry != nullptr && is_another_tools(*entry))
      result.refused.push_back(rename_is_another_tools(*object, old));
    auto change = change_of(object->id, object->domain, Action::Rename, Reason::Renamed, object->place);
    change.diff.push_back({"name", Value(old.name.display()), Value(object->id.name.display()), {}});
    change.risk = Risk::Disruptive;  // whoever names the old one breaks
    add_statement(change, Act::Rename, kinds::rename_statement(old, object->id.name),
                  sides.mesh().deploy_role(object->domain));
    add_makes(change, object->id);
    change.removes.push_back(old.address());
    for (auto container = object->id.name.parent(); !container.empty(); container = container.parent()) {
      change.needs.push_back(ObjectId{container.depth() == 1 ? KindId::Database : KindId::Schema, container}.address());
    }
    sides.live = moved(sides.live, old, object->id.name);
    sides.renamed.emplace_back(old, object->id.name);
    auto ledger = moved(sides.ledger, old, object->id.name);
    sides.ledger = std::move(ledger.ledger);
    change.ledger = std::move(ledger.effect);
    if (sides.in_scope(object->domain)) result.changes.push_back(std::move(change));
  }
  for (const auto& [id, object] : input.desired.state.objects) {
    const Object* live = sides.live_object(id);
    if (live == nullptr || object.structure_is_foreign()) continue;
    for (const auto& [from, to] : renames(object, *live)) move_attachments(sides, id, from, to);
  }
  return sides;
}

namespace {

// The change that a refusal stands for: a column belongs to its table's.
std::string change_address(const Refusal& refusal) {
  constexpr std::string_view kColumn = "column ";
  if (!refusal.address.starts_with(kColumn)) return refusal.address;
  const auto name = QualifiedName::parse(refusal.address.substr(kColumn.size()));
  return name && name->depth() > 1 ? ObjectId{KindId::Table, name->parent()}.address() : refusal.address;
}

bool lies_in(const std::string& address, const QualifiedName& container) {
  const auto id = parse_address(address);
  return id && id->name.depth() > container.depth() && id->name.is_under(container);
}

// What a drop of the container would take along: the drops of what lies inside it are shown and held to consent with
// it, and what leaves it under another name must have left before.
std::set<std::string> taken_along(const Change& drop, const std::vector<Change>& changes) {
  std::set<std::string> along;
  const bool is_container =
      drop.object && (drop.object->kind == KindId::Database || drop.object->kind == KindId::Schema);
  if (drop.action != Action::Drop || !is_container) return along;
  for (const auto& change : changes) {
    if (std::any_of(change.removes.begin(), change.removes.end(),
                    [&](const std::string& address) { return lies_in(address, drop.object->name); }))
      along.insert(change.address);
  }
  return along;
}

// --target keeps the named changes and whatever they need or take along, transitively.
void keep_targets(const Sides& sides, DiffResult& result) {
  if (sides.options.targets.empty()) return;
  auto kept = resolve_targets(sides, result);
  for (bool grew = true; grew;) {
    grew = false;
    for (const auto& change : result.changes) {
      if (kept.count(change.address) == 0) continue;
      for (const auto& need : change.needs) grew |= kept.insert(need).second;
      for (const auto& inside : taken_along(change, result.changes)) grew |= kept.insert(inside).second;
    }
  }
  std::erase_if(result.changes, [&](const Change& change) { return kept.count(change.address) == 0; });
  // Those of drops and losses stand for changes that are left out.
  std::erase_if(result.refused, [&](const Refusal& refusal) {
    const bool is_of_change = refusal.code == "MESH2001" || refusal.code == "MESH2004" || refusal.code == "MESH2005";
    return is_of_change && kept.count(change_address(refusal)) == 0;
  });
}

}  // namespace
}  // namespace diff_parts

std::vector<ObjectId> read_by(const Object& object) {
  std::vector<ObjectId> read;
  for (const auto& row : kinds::of(object.id.kind).texts) {
    const SqlText* text = object.text(row.name);
    if (text != nullptr && kinds::is_sql(row, object)) diff_parts::add_references(text->text, object.id.name, read);
  }
  for (const auto& row : kinds::of(object.id.kind).properties) {
    const Value* value = object.find(row.name);
    const auto named = value == nullptr ? std::vector<ObjectId>() : kinds::named_in(row, *value);
    read.insert(read.end(), named.begin(), named.end());
  }
  for (const auto& column : object.columns) {
    if (column.default_value) diff_parts::add_references(column.default_value->text, object.id.name, read);
  }
  return read;
}

DiffResult diff(const DiffInput& input, const DiffOptions& options) {
  DiffResult result;
  auto sides = diff_parts::resolve_renames(input, options, result);
  sides.options.allow_destroy = diff_parts::resolve_destroyed(sides, result);
  diff_parts::diff_objects(sides, result);
  diff_parts::diff_account_parameters(sides, result);
  diff_parts::diff_statements(sides, result);
  diff_parts::diff_removals(sides, result);
  diff_parts::refuse_taken_names(sides, result);
  diff_parts::diff_attachments(sides, result);
  diff_parts::diff_access(sides, result);
  options.drift ? diff_parts::list_unmanaged(sides, result) : diff_parts::hold_back_missing(sides, result);
  diff_parts::keep_targets(sides, result);
  diff_parts::pause_task_graphs(sides, result);
  return result;
}

std::string remembered_text(const Value& value) {
  if (const auto* text = value.text()) return *text;
  const auto* list = std::get_if<ValueList>(&value.data);
  if (list == nullptr) return to_display(value, 0);
  std::string out;
  for (const auto& each : *list) {
    std::string entry = each.text() != nullptr ? *each.text() : to_display(each, 0);
    entry = replace_all(replace_all(std::move(entry), "\\", "\\\\"), ",", "\\,");
    out += (out.empty() ? "" : ", ") + (entry.starts_with(' ') ? "\\" + entry : entry);
  }
  return out;
}

}  // namespace mesh
