// Tags, policies, contacts and metric functions: set differences, as for access. What stands in a CREATE or ADD COLUMN
// is part of that change.
#include <algorithm>

#include <fmt/format.h>

#include "compare.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/settings.hpp"
#include "mesh/model/creation.hpp"
#include "mesh/model/data_type.hpp"
#include "mesh/sql/normalise.hpp"
#include "recreated.hpp"

namespace mesh::diff_parts {

Value attachment_value(const Attachment* attachment) {
  if (attachment == nullptr) return {};
  if (attachment->key.kind == KindId::Tag) return Value(attachment->value);
  if (attachment->name.empty()) return Value("(one that nothing names)");
  if (attachment->key.kind == KindId::DataMetricFunction) {
    std::vector<std::string> all;
    for (const auto& [name, condition] : attachment->expectations)
      all.push_back(Name::exact(name).display() + " (" + condition + ")");
    return Value(all.empty() ? "without expectations" : join(all, ", "));
  }
  std::string text = attachment->name.display();
  for (size_t i = 0; i < attachment->columns.size(); ++i)
    text += (i == 0 ? " (" : ", ") + attachment->columns[i].display();
  return Value(attachment->columns.empty() ? text : text + ")");
}

// A masking policy on its own column alone is written and read with and without USING.
bool same_attachment(const Attachment& wanted, const Attachment& live) {
  if (wanted.name != live.name || wanted.value != live.value) return false;
  if (wanted.key.kind == KindId::DataMetricFunction) {
    return std::equal(
        wanted.expectations.begin(), wanted.expectations.end(), live.expectations.begin(), live.expectations.end(),
        [](const auto& a, const auto& b) { return a.first == b.first && sql::same_sql(a.second, b.second); });
  }
  if (wanted.columns == live.columns || !live.columns_known) return true;
  const auto alone = [](const Attachment& a) { return a.key.kind == KindId::MaskingPolicy && a.columns.size() <= 1; };
  return alone(wanted) && alone(live);
}

namespace {

// The property of a change.
const char* property_of(KindId kind) {
  if (kind == KindId::Tag) return "value";
  if (kind == KindId::DataMetricFunction) return "expectations";
  return kind == KindId::Contact ? "contact" : "policy";
}

// The word of `manage` by which mesh sees to it.
const char* managed_as(KindId kind) {
  if (kind == KindId::Tag) return "tags";
  if (kind == KindId::DataMetricFunction) return "data_metrics";
  return kind == KindId::Contact ? "contacts" : "policies";
}

// The line that applied what the ledger has under the key, where it stands still; nullptr: none did, or it is another.
template <typename Is>
const Governed::Line* standing_line(const Governed& governed, const LedgerEntry& entry, const std::string& key, Is is) {
  const auto applied = entry.attached.find(kApplied + key);
  if (applied == entry.attached.end()) return nullptr;
  const auto line = std::find_if(governed.lines.begin(), governed.lines.end(), [&](const Governed::Line& each) {
    return is(each) && applied_by_line(each.domain, each.to) == applied->second;
  });
  return line == governed.lines.end() ? nullptr : &*line;
}

class AttachmentDiff {
 public:
  AttachmentDiff(const Sides& sides, DiffResult& result) : sides_(sides), result_(result) {
    for (const auto& change : result.changes) {
      if (change.object && change.action == Action::Drop) dropped_.insert(*change.object);
      const bool anew = change.action == Action::Create || change.action == Action::Replace;
      if (change.object && anew) made_anew_.insert(*change.object);
      if (change.object && change.action == Action::Replace) replaced_.insert(*change.object);
      for (const auto& kept : change.kept) kept_.insert(kept.key);
      for (const auto& line : change.diff) {
        if (change.object && line.before.is_null() && line.property.starts_with("columns."))
          new_columns_.emplace(*change.object, line.property.substr(8));
      }
    }
  }

  void run() {
    for (const bool tags : {true, false}) {  // policies follow from tags
      for (const auto& [key, wanted] : sides_.desired().state.attachments) {
        if ((key.kind == KindId::Tag) == tags) set(key, wanted);
      }
      for (const auto& [key, live] : sides_.live.attachments) {
        if ((key.kind == KindId::Tag) == tags) unset(key, live);
      }
    }
    for (auto& change : result_.changes) {
      if (change.action == Action::Drop && change.object) detach_before(change);
    }
  }

 private:
  // A policy cannot be dropped while it is on anything (governance-reading.md 7), nor a tag while a policy is on it
  // (drop-tag). What hangs on the database or schema that it lies in goes before, for that goes behind it.
  void detach_before(Change& drop) const {
    for (const auto& [key, live] : sides_.live.attachments) {
      const auto& bearer = key.bearer.object;
      const bool is_it = key.kind == drop.object->kind && live.name == drop.object->name;
      const bool is_on_tag = bearer == *drop.object && bearer.kind == KindId::Tag;
      if (is_on_tag || (is_it && dropped_.count(bearer) > 0 && live.name.is_under(bearer.name))) {
        add_statement(drop, Act::Alter, kinds::detach_statement(live), drop.statements.back().role);
        std::rotate(drop.statements.begin(), std::prev(drop.statements.end()), drop.statements.end());
      } else if (is_it) {
        drop.before_drop_of.push_back(live.address());
        drop.before_drop_of.push_back(bearer.address());
      }
    }
  }

  // A tag has one masking policy for each type: another of that type takes its place, with FORCE (alter-tag). nullptr:
  // there is none, or it stays.
  const Attachment* replaced_on_tag(const AttachmentKey& key, const Attachment& wanted) const {
    if (key.bearer.object.kind != KindId::Tag) return nullptr;
    const Object* policy = sides_.desired().state.find({key.kind, wanted.name});
    for (const auto* live : attachments_of(sides_.live, key.bearer.object)) {
      const Object* other = sides_.live_object({live->key.kind, live->name});
      const bool stays = sides_.desired().state.attachments.count(live->key) > 0;
      if (live->key.kind == key.kind && !stays && same_type(policy, other)) return live;
    }
    return nullptr;
  }

  // Of the first argument, which is what is masked. Types that nobody knows are not told apart.
  static bool same_type(const Object* a, const Object* b) {
    const auto type = [](const Object* policy) -> std::optional<DataType> {
      const Value* signature = policy == nullptr ? nullptr : policy->find("signature");
      const auto* arguments = signature == nullptr ? nullptr : std::get_if<ValueRecord>(&signature->data);
      if (arguments == nullptr || arguments->empty()) return std::nullopt;
      auto parsed = DataType::parse(*arguments->front().second.text());
      return parsed ? std::optional(std::move(*parsed)) : std::nullopt;
    };
    const auto one = type(a), other = type(b);
    return !one || !other || one->family() == other->family();
  }

  const Object* bearer_of(const AttachmentKey& key) const { return sides_.desired().state.find(key.bearer.object); }

  // In CREATE, CREATE OR REPLACE or ADD COLUMN.
  bool is_part_of_another(const AttachmentKey& key, const Attachment& wanted) const {
    const auto& object = key.bearer.object;
    if (replaced_.count(object) > 0) return true;
    if (made_anew_.count(object) > 0) return !comes_after_creation(sides_.desired().state, wanted);
    return protects(key.kind) && key.bearer.column && new_columns_.count({object, key.bearer.column->stored()}) > 0;
  }

  // What a governing domain applies is no tool's to leave out.
  bool left_to_another(const Object& bearer, KindId kind) const {
    if (!bearer.structure_is_foreign()) return false;
    return bearer.manage.count(managed_as(kind)) == 0;
  }

  Change change_of_attachment(const Attachment& attachment, Action action, const Object& bearer) const {
    Change change;
    change.address = attachment.address();
    change.kind = kind_words(attachment.key.kind);
    change.name = attachment.name.display();
    change.domain = attachment.domain.empty() ? bearer.domain : attachment.domain;
    change.action = action;
    change.place = attachment.place.known() ? attachment.place : bearer.place;
    change.bearer = attachment.key.bearer;
    change.makes = {change.address};
    change.needs = {attachment.key.bearer.object.address(), ObjectId{attachment.key.kind, attachment.name}.address()};
    const auto* entry = sides_.entry(bearer.id);
    if (entry != nullptr) change.ledger.record = entry_for(sides_, bearer, entry->made);
    return change;
  }

  void set(const AttachmentKey& key, const Attachment& wanted) {
    const Object* bearer = bearer_of(key);
    if (bearer == nullptr || !sides_.in_scope(wanted.domain) || is_part_of_another(key, wanted)) return;
    if (wanted.applied_by.empty() && left_to_another(*bearer, key.kind)) return;
    const auto found = sides_.live.attachments.find(key);
    const Attachment* live = found == sides_.live.attachments.end() ? nullptr : &found->second;
    if (live != nullptr && same_attachment(wanted, *live)) return;
    if (live == nullptr) live = replaced_on_tag(key, wanted);
    const Object* there = sides_.live_object(key.bearer.object);
    if (there == nullptr && made_anew_.count(key.bearer.object) == 0)
      return result_.waiting.push_back({wanted.address(), why_missing(*bearer), wanted.place});
    if (live != nullptr && follows_from_refused(*live)) return;
    if (live != nullptr && wanted.applied_by.empty() && is_kept(*live, &wanted, *bearer)) return;
    auto change = change_of_attachment(wanted, Action::Set, *bearer);
    change.reason = live == nullptr ? Reason::NotThere : Reason::Differs;
    if (!wanted.applied_by.empty()) change.reason_text = applied_words(wanted.applied_by);
    change.diff.push_back({property_of(key.kind), attachment_value(live), attachment_value(&wanted), {}});
    change.risk = risk_of(wanted);  // someone sees less than before
    if (live != nullptr && live->name != wanted.name) {
      change.removes.push_back(live->address());
      replaced_attachments_.insert(live->key);
    }
    if (live == nullptr) say_lost(wanted, *bearer, change);
    for (auto& sql : kinds::attach_statements(wanted, live))
      add_statement(change, Act::Attach, std::move(sql), sides_.mesh().deploy_role(wanted.domain));
    if (live != nullptr && looks_at_what_goes(*bearer, *live) && !moves_with_columns(wanted, *live, *bearer))
      goes_before_columns(change);
    result_.changes.push_back(std::move(change));
  }

  // What another tool's re-creation took away; and that the data stands open since.
  void say_lost(const Attachment& wanted, const Object& bearer, Change& change) {
    const auto lost = why_lost(sides_, bearer.id, wanted.ledger_key());
    if (lost.empty()) return;
    change.reason_text += (change.reason_text.empty() ? "" : "; ") + lost;
    if (change.risk == Risk::Safe) return;
    result_.findings.push_back({Severity::Warning,
                                "MESH2022",
                                fmt::format("{} has stood without {} since it was made anew at {}", bearer.id.address(),
                                            wanted.address(), made_anew_at(sides_, bearer.id)),
                                "whoever may read it has seen more than the policy shows; apply soon, and let the tool "
                                "that makes it keep what hangs on it (dbt: copy_grants, and policies in its own hooks)",
                                bearer.id.address(),
                                change.place,
                                {}});
  }

  Risk risk_of(const Attachment& attachment) const { return hides(sides_, attachment) ? Risk::Disruptive : Risk::Safe; }

  // What nobody declares any more goes only where the ledger says that mesh set it (design 2).
  void unset(const AttachmentKey& key, const Attachment& live) {
    if (sides_.desired().state.attachments.count(key) > 0 || replaced_attachments_.count(key) > 0) return;
    const Object* bearer = bearer_of(key);
    if (bearer == nullptr || !sides_.in_scope(bearer->domain)) return;
    if (dropped_.count(key.bearer.object) > 0 || column_goes(*bearer, key)) return;
    if (made_anew_.count(key.bearer.object) > 0) {  // CREATE OR REPLACE leaves off what it does not name
      is_kept(live, nullptr, *bearer);
      if (kept_.count(key) > 0) result_.unmanaged.push_back({live.address(), kind_words(key.kind), bearer->domain});
      return;
    }
    if (left_to_another(*bearer, key.kind)) return;
    const auto* entry = sides_.entry(bearer->id);
    const bool ours = entry != nullptr && entry->attached.count(live.ledger_key()) > 0;
    if (!ours) {
      result_.unmanaged.push_back({live.address(), kind_words(key.kind), bearer->domain});
      return;
    }
    if (is_kept(live, nullptr, *bearer)) return;
    auto change = change_of_attachment(live, Action::Unset, *bearer);
    change.reason = Reason::NoLongerDeclared;
    change.diff.push_back({property_of(key.kind), attachment_value(&live), Value(), {}});
    change.risk = risk_of(live);
    if (change.risk != Risk::Safe) change.diff.back().cost = "opens what it protected";
    add_statement(change, Act::Attach, kinds::detach_statement(live), sides_.mesh().deploy_role(bearer->domain));
    if (key.kind == KindId::DataMetricFunction || looks_at_what_goes(*bearer, live)) goes_before_columns(change);
    if (key.bearer.object.kind == KindId::User) goes_behind_the_accounts(key.kind, change);
    result_.changes.push_back(std::move(change));
  }

  // What then is in force for the user stands first: it may be the one who applies this.
  static void goes_behind_the_accounts(KindId kind, Change& unset) {
    for (const auto* setting : kinds::policy_settings(kind))
      unset.before_drop_of.push_back(kinds::parameter_id(setting->name).address());
  }

  // Whether a column that it looks at or measures is dropped: after that no DROP could name the metric, and before that
  // the column cannot go (governance-reading.md 8: DROP COLUMN under a row access policy).
  bool looks_at_what_goes(const Object& bearer, const Attachment& live) const {
    return std::any_of(live.columns.begin(), live.columns.end(),
                       [&](const Name& column) { return is_dropped(bearer, column); });
  }
  bool is_dropped(const Object& bearer, const Name& column) const {
    return column_goes(bearer, {{bearer.id, column}, KindId::Tag, {}});
  }

  void goes_before_columns(Change& attachment) {
    std::erase(attachment.needs, attachment.bearer->object.address());
    for (auto& change : result_.changes) {
      if (change.object == attachment.bearer->object && change.action == Action::Update)
        change.needs.push_back(attachment.address);
    }
  }

  // What moves from a column that goes to one that comes can be set neither before nor behind the table's change.
  bool moves_with_columns(const Attachment& wanted, const Attachment& live, const Object& bearer) {
    const Object* there = sides_.live_object(bearer.id);
    const auto is_there = [&](const Name& name) {
      return there != nullptr && std::any_of(there->columns.begin(), there->columns.end(),
                                             [&](const Column& column) { return column.name == name; });
    };
    const auto fresh = std::find_if_not(wanted.columns.begin(), wanted.columns.end(), is_there);
    const auto gone = std::find_if(live.columns.begin(), live.columns.end(),
                                   [&](const Name& column) { return is_dropped(bearer, column); });
    if (fresh == wanted.columns.end() || gone == live.columns.end()) return false;
    Refusal refusal;
    refusal.address = wanted.address();
    refusal.code = "MESH2002";
    refusal.message = fmt::format("{} cannot move from column {} to {} while the one is dropped and the other added",
                                  wanted.address(), gone->display(), fresh->display());
    refusal.ways_out = fmt::format("keep {} in the manifest until that is applied, and drop it then", gone->display());
    refusal.place = wanted.place;
    result_.refused.push_back(std::move(refusal));
    return true;
  }

  // What a domain may not take off, or put another in place of, by itself: a tag by which a governing domain selects
  // what it protects, and what a line of that domain applied that stands still. Refused, unless that domain lets it go.
  // What mesh did not set protects nothing yet.
  bool is_kept(const Attachment& live, const Attachment* wanted, const Object& bearer) {
    const auto* domain = sides_.mesh().find(bearer.domain);
    const auto* entry = sides_.entry(bearer.id);
    const bool ours = entry != nullptr && entry->attached.count(live.ledger_key()) > 0;
    if (!ours || (domain != nullptr && domain->governs)) return false;
    if (is_released(live.key.bearer, live.name)) return false;
    return follows_from_refused(live) || loses_its_guard(live, wanted, bearer) ||
           leaves_its_line(live, *entry, wanted, bearer);
  }

  bool is_released(const Bearer& bearer, const QualifiedName& name) const {
    return sides_.desired().governed.released.count({bearer, name}) > 0;
  }

  // A policy stays with the tag, of its bearer or of what that lies in, that was not let go.
  bool follows_from_refused(const Attachment& live) const {
    if (live.key.kind == KindId::Tag || !protects(live.key.kind)) return false;
    const auto over = and_over(live.key.bearer);
    return std::any_of(over.begin(), over.end(), [&](const Bearer& each) { return kept_tags_.count(each) > 0; });
  }

  static std::vector<Bearer> and_over(const Bearer& bearer) {
    std::vector<Bearer> all = {bearer};
    if (bearer.column) all.push_back({bearer.object, std::nullopt});
    for (auto name = bearer.object.name.parent(); !name.empty(); name = name.parent())
      all.push_back({{name.depth() == 1 ? KindId::Database : KindId::Schema, name}, std::nullopt});
    return all;
  }

  // By another name, another place or another tag, of itself or of what it lies in.
  bool leaves_its_line(const Attachment& live, const LedgerEntry& entry, const Attachment* wanted,
                       const Object& bearer) {
    const auto* line = standing_line(sides_.desired().governed, entry, live.ledger_key(), [&](const auto& each) {
      return each.kind == live.key.kind && each.name == live.name;
    });
    const auto over = and_over(live.key.bearer);
    const auto lets_go = [&](const QualifiedName& tag) {
      return std::any_of(over.begin(), over.end(), [&](const Bearer& each) { return is_released(each, tag); });
    };
    if (line == nullptr || std::any_of(line->tags.begin(), line->tags.end(), lets_go)) return false;
    refuse(live, wanted, bearer, fmt::format("which domain {} applies to {}", line->domain, line->to),
           "let it be selected again", line->domain);
    return true;
  }

  bool loses_its_guard(const Attachment& live, const Attachment* wanted, const Object& bearer) {
    if (live.key.kind != KindId::Tag) return false;
    const auto& governed = sides_.desired().governed;
    // What it was last set to counts, not what somebody made of it by hand: that is healed.
    const auto* entry = sides_.entry(bearer.id);
    const std::string& ours = entry->attached.at(live.ledger_key());
    const auto takes = [&](const Governed::TagGuard& guard, const std::string& value) {
      return guard.tag == live.name && (!guard.value || *guard.value == value);
    };
    const auto guard = std::find_if(governed.guards.begin(), governed.guards.end(), [&](const auto& each) {
      return takes(each, ours) && (wanted == nullptr || !takes(each, wanted->value));
    });
    if (guard == governed.guards.end()) return false;
    refuse(live, wanted, bearer, fmt::format("by which domain {} selects what it protects", guard->domain),
           fmt::format("write {}: {} there again", as_written(live), ours), guard->domain);
    return true;
  }

  std::string as_written(const Attachment& live) const {
    return sides_.mesh().as_written({live.key.kind, live.name}).name.display();
  }

  // `why`: behind a comma; `way_out`: the owner's.
  void refuse(const Attachment& live, const Attachment* wanted, const Object& bearer, const std::string& why,
              const std::string& way_out, const std::string& governing) {
    const auto& column = live.key.bearer.column;
    const auto where = column ? column->display() : bearer.id.name.last().display();
    const std::string to = column
                               ? fmt::format("columns in table {}", sides_.mesh().as_written(bearer.id).name.display())
                               : to_lower(kinds::of(bearer.id.kind).sql_plural);
    const bool is_tag = live.key.kind == KindId::Tag;
    const auto what = is_tag ? fmt::format("{} = {}", live.name.display(), live.value) : live.name.display();
    Refusal refusal;
    refusal.address = live.address();
    refusal.code = "MESH2040";
    refusal.message = fmt::format("this would {} {} {} {}, {}", wanted == nullptr ? "take" : "change", what,
                                  wanted == nullptr ? "off" : "on", live.key.bearer.address(), why);
    refusal.ways_out = fmt::format("{}; or domain {} lets it go, by - {{release: [{}], to: {} named {}}}", way_out,
                                   governing, as_written(live), to, where);
    refusal.place = wanted != nullptr ? wanted->place : bearer.place;
    if (is_tag) kept_tags_.insert(live.key.bearer);
    result_.refused.push_back(std::move(refusal));
  }

  bool column_goes(const Object& bearer, const AttachmentKey& key) const {
    if (!key.bearer.column || bearer.id.kind != KindId::Table || bearer.structure_is_foreign()) return false;
    return std::none_of(bearer.columns.begin(), bearer.columns.end(),
                        [&](const Column& column) { return column.name == *key.bearer.column; });
  }

  const Sides& sides_;
  DiffResult& result_;
  std::set<ObjectId> dropped_, made_anew_, replaced_;
  std::set<AttachmentKey> kept_, replaced_attachments_;
  std::set<std::pair<ObjectId, std::string>> new_columns_;
  std::set<Bearer> kept_tags_;
};

}  // namespace

bool hides(const Sides& sides, const Attachment& attachment) {
  if (attachment.key.kind != KindId::Tag) return protects(attachment.key.kind);
  const ObjectId tag{KindId::Tag, attachment.name};
  return !attachments_of(sides.desired().state, tag).empty() || !attachments_of(sides.live, tag).empty();
}

kinds::Attachments attachments_of(const State& state, const ObjectId& id) {
  kinds::Attachments found;
  for (auto it = state.attachments.lower_bound(AttachmentKey{{id, std::nullopt}, KindId{}, {}});
       it != state.attachments.end() && it->first.bearer.object == id; ++it) {
    found.push_back(&it->second);
  }
  return found;
}

kinds::Attachments attachments_of_creation(const State& desired, const ObjectId& id) {
  auto all = attachments_of(desired, id);
  std::erase_if(all, [&](const Attachment* each) { return comes_after_creation(desired, *each); });
  return all;
}

std::string applied_by_line(const std::string& domain, const std::string& to) { return domain + ": " + to; }

std::string applied_words(const std::string& domain) { return "applied by " + domain; }

std::string what_is_applied(const Sides& sides, const Object& object) {
  std::map<std::string, std::vector<std::string>> by_domain;
  for (const auto* each : attachments_of(sides.desired().state, object.id)) {
    if (!each->applied_by.empty()) by_domain[each->applied_by].push_back(each->ledger_key());
  }
  const auto& sets = sides.desired().governed.sets;
  if (const auto set = sets.find(object.id); set != sets.end()) {
    for (const auto& [property, setter] : set->second) by_domain[setter.domain].push_back(property);
  }
  std::vector<std::string> parts;
  for (const auto& [domain, what] : by_domain) parts.push_back(fmt::format("{} applies {}", domain, join(what, ", ")));
  return join(parts, "; ");
}

std::string what_is_set(const Sides& sides, const ObjectId& id, const std::vector<DiffLine>& lines) {
  const auto& sets = sides.desired().governed.sets;
  const auto set = sets.find(id);
  std::vector<std::string> parts;
  for (const auto& line : lines) {
    if (set == sets.end()) break;
    const auto by = set->second.find(line.property);
    if (by != set->second.end()) parts.push_back(fmt::format("{} {}", line.property, applied_words(by->second.domain)));
  }
  return join(parts, ", ");
}

std::optional<Refusal> kept_by_governance(const Sides& sides, const Object& desired, std::string_view property) {
  const auto& governed = sides.desired().governed;
  const auto* entry = sides.entry(desired.id);
  const auto* domain = sides.mesh().find(desired.domain);
  const auto set = governed.sets.find(desired.id);
  const bool still = set != governed.sets.end() && set->second.count(std::string(property)) > 0;
  if (entry == nullptr || still || (domain != nullptr && domain->governs)) return std::nullopt;
  const auto* line = standing_line(governed, *entry, std::string(property),
                                   [&](const auto& each) { return each.property == property; });
  if (line == nullptr) return std::nullopt;
  Refusal refusal;
  refusal.address = desired.id.address();
  refusal.code = "MESH2040";
  refusal.message = fmt::format("this would change {} of {}, which domain {} sets of {}", property,
                                desired.id.address(), line->domain, line->to);
  refusal.ways_out = fmt::format("let it be selected again; or domain {} lets it go by another line", line->domain);
  const auto stated = desired.properties.find(property);
  refusal.place =
      stated != desired.properties.end() && stated->second.place.known() ? stated->second.place : desired.place;
  return refusal;
}

void diff_attachments(const Sides& sides, DiffResult& result) { AttachmentDiff(sides, result).run(); }

}  // namespace mesh::diff_parts
