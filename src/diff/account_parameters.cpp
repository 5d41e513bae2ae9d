// What is set on the account: set where it is declared, unset where mesh had set it and no line says so any more.
#include <fmt/format.h>

#include "compare.hpp"
#include "mesh/kinds/settings.hpp"

namespace mesh::diff_parts {
namespace {

class Parameters {
 public:
  Parameters(const Sides& sides, DiffResult& result) : sides_(sides), result_(result) {}

  void run() {
    for (const auto& [id, desired] : sides_.desired().state.objects) {
      if (id.kind == KindId::AccountParameter && sides_.in_scope(desired.domain)) declared(desired);
    }
    for (const auto& [address, entry] : sides_.ledger.entries) {
      const auto id = parse_address(address);
      if (!id || id->kind != KindId::AccountParameter || !sides_.in_scope(entry.domain)) continue;
      if (sides_.desired().state.find(*id) == nullptr) gone(*id, entry);
    }
  }

 private:
  struct Setting {
    const kinds::Setting* facts;
    std::string property;
  };
  static Setting setting_of(const ObjectId& id) {
    const auto* facts = kinds::find_setting(id.name.last().stored());
    MESH_ASSERT(facts != nullptr);
    return {facts, std::string(kinds::property_of(*facts))};
  }

  Change change_for(const ObjectId& id, const std::string& domain, Action action, Reason reason, Place place) const {
    auto change = change_of(id, domain, action, reason, place);
    // Whoever it keeps out notices at once.
    if (id.name.last().stored() == "NETWORK_POLICY" || setting_of(id).facts->type == kinds::SettingType::Policy)
      change.risk = Risk::Disruptive;
    return change;
  }

  void declared(const Object& desired) {
    if (held_by_another_mesh(sides_, desired, "an account has each parameter once: leave it to one of the two",
                             result_))
      return;
    const auto* live = sides_.live_object(desired.id);
    const auto* entry = sides_.entry(desired.id);
    const auto setting = setting_of(desired.id);
    const Value wanted = *desired.find(setting.property);
    const Value* now = live == nullptr ? nullptr : live->find(setting.property);
    if (now != nullptr && (entry == nullptr || entry->domain != desired.domain)) {
      auto adopt = change_for(desired.id, desired.domain, Action::Adopt, Reason::Existing, desired.place);
      adopt.risk = Risk::Safe;
      adopt.ledger.record = entry_for(sides_, desired, entry != nullptr && entry->made);
      add_makes(adopt, desired.id);
      result_.changes.push_back(std::move(adopt));
    }
    if (now != nullptr && *now == wanted) return;
    auto change =
        change_for(desired.id, desired.domain, now == nullptr ? Action::Create : Action::Update,
                   now == nullptr ? Reason::NotThere : Reason::Differs, desired.properties.at(setting.property).place);
    set(desired, setting, now, wanted, change);
  }

  void set(const Object& desired, const Setting& setting, const Value* now, const Value& wanted, Change& change) {
    DiffLine line{setting.property, now == nullptr ? Value() : *now, wanted, {}};
    if (now != nullptr) line.cost = kinds::swap_cost(*setting.facts);
    if (loses_history(*setting.facts, now, &wanted)) keep_history(*setting.facts, line, change);
    change.diff.push_back(std::move(line));
    add_makes(change, desired.id);
    for (const auto& id : read_by(desired)) change.needs.push_back(id.address());
    wait_for_exceptions(*setting.facts, change);
    for (auto& sql : kinds::set_setting(desired.id, wanted, now != nullptr))
      add_statement(change, Act::Alter, std::move(sql), sides_.mesh().deploy_role(desired.domain));
    change.ledger.record = entry_for(sides_, desired, true);
    result_.changes.push_back(std::move(change));
  }

  // Whoever shall have another policy than the rest has it first, and loses it last: who applies this may be among
  // them.
  void wait_for_exceptions(const kinds::Setting& setting, Change& change) const {
    if (setting.type != kinds::SettingType::Policy) return;
    const KindId kind = kinds::policy_kind(setting);
    for (const auto& [key, attachment] : sides_.desired().state.attachments) {
      if (key.kind == kind && key.bearer.object.kind == KindId::User) change.needs.push_back(attachment.address());
    }
    if (setting.users != kinds::ForUsers::All) return;
    for (const auto* other : kinds::policy_settings(kind)) {
      if (other != &setting) change.needs.push_back(kinds::parameter_id(other->name).address());
    }
  }
  // Behind what the rest gets, and behind its being taken off.
  static void wait_for_rule(const kinds::Setting& setting, Change& change) {
    if (setting.type != kinds::SettingType::Policy || setting.users == kinds::ForUsers::All) return;
    for (const auto* other : kinds::policy_settings(kinds::policy_kind(setting))) {
      if (other->users == kinds::ForUsers::All)
        change.before_drop_of.push_back(kinds::parameter_id(other->name).address());
    }
  }

  void gone(const ObjectId& id, const LedgerEntry& entry) {
    const Tombstone* tombstone = tombstone_of(sides_, id);
    const bool is_told = tombstone != nullptr;
    const auto* live = sides_.live_object(id);
    const auto setting = setting_of(id);
    const Value* now = live == nullptr ? nullptr : live->find(setting.property);
    const bool forget = now == nullptr || (is_told ? tombstone->action == Tombstone::Action::Forget : !entry.made);
    const Reason reason = sides_.options.destroys ? Reason::Destroyed
                          : is_told               ? Reason::Tombstone
                                                  : Reason::NoLongerDeclared;
    auto change = change_for(id, entry.domain, forget ? Action::Forget : Action::Drop, reason,
                             is_told ? tombstone->place : Place{});
    change.ledger.remove.push_back(change.address);
    if (forget) {
      change.risk = Risk::Safe;
      if (now == nullptr) change.reason_text = "it is not set any more";
      result_.changes.push_back(std::move(change));
      return;
    }
    DiffLine line{setting.property, *now, Value(), {}};
    if (loses_history(*setting.facts, now, nullptr)) keep_history(*setting.facts, line, change);
    change.diff.push_back(std::move(line));
    change.removes.push_back(change.address);
    wait_for_rule(*setting.facts, change);
    add_statement(change, Act::Alter, kinds::unset_setting(id), sides_.mesh().deploy_role(entry.domain));
    result_.changes.push_back(std::move(change));
  }

  // Less Time Travel for all that does not say how much it keeps.
  static bool loses_history(const kinds::Setting& setting, const Value* now, const Value* wanted) {
    if (!setting.keeps_history_by_default) return false;
    const auto days = [&](const Value* value) {
      const auto* number = value == nullptr ? nullptr : std::get_if<int64_t>(&value->data);
      return number == nullptr ? *setting.keeps_history_by_default : *number;
    };
    return days(wanted) < days(now);
  }

  void keep_history(const kinds::Setting& setting, DiffLine& line, Change& change) {
    line.cost = "loses history";
    change.risk = Risk::Destructive;
    if (consent_for(sides_, *change.object) == Consent::Given) return;
    Refusal refusal;
    refusal.address = change.address;
    refusal.code = "MESH2001";
    refusal.message =
        fmt::format("{} would lose history of everything that does not say how many days it keeps: {} → {}",
                    change.address, line.before.is_null() ? "default" : to_display(line.before),
                    line.after.is_null() ? "default" : to_display(line.after));
    refusal.ways_out = fmt::format("keep {} as it is", setting.name);
    refusal.ways_out += sides_.mesh().environment.is_protected
                            ? "; or, since this environment is protected, make the change by hand"
                            : fmt::format("; or, in this environment, apply with --allow-destroy '{}'", change.address);
    refusal.place = change.place;
    result_.refused.push_back(std::move(refusal));
  }

  const Sides& sides_;
  DiffResult& result_;
};

}  // namespace

void diff_account_parameters(const Sides& sides, DiffResult& result) {
  if (!sides.ledger.available && sides.desired().state.objects.empty()) return;
  Parameters(sides, result).run();
}

}  // namespace mesh::diff_parts
