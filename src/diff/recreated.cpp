// Objects whose structure is another tool's (`manage:`) may be made anew by it, and then lose what mesh hung on them:
// grants, tags and policies. The ledger remembers which one mesh saw last, and what it hung on it.
#include "recreated.hpp"

#include <charconv>
#include <ctime>

#include <fmt/format.h>

namespace mesh::diff_parts {
namespace {

const Object* managed_in_part(const Sides& sides, const ObjectId& id) {
  const Object* desired = sides.desired().state.find(id);
  return desired != nullptr && desired->structure_is_foreign() ? desired : nullptr;
}

// Epoch milliseconds; empty: no such moment.
std::string moment(const std::string& epoch) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(epoch.data(), epoch.data() + epoch.size(), value);
  if (error != std::errc{} || value <= 0) return {};
  const std::time_t seconds = value / 1000;
  std::tm utc{};
  if (gmtime_r(&seconds, &utc) == nullptr) return {};
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02} UTC", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday,
                     utc.tm_hour, utc.tm_min, utc.tm_sec);
}

}  // namespace

std::string grant_ledger_key(const GrantKey& key) { return "grant " + key.privilege + " to " + key.grantee.display(); }

void remember_what_hangs_on(const Sides& sides, const Object& desired, LedgerEntry& entry) {
  const Object* live = sides.live_object(desired.id);
  if (!desired.structure_is_foreign() || live == nullptr) return;
  entry.attached[kCreatedOn] = live->live.created_on;
  if (desired.manage.count("grants") == 0) return;
  const GrantTarget target{TargetForm::Object, desired.id, KindId::Warehouse};
  const auto& grants = sides.desired().state.grants;
  for (auto it = grants.lower_bound(GrantKey{target, {}, {}}); it != grants.end(); ++it) {
    if (it->first.target.form != TargetForm::Object || it->first.target.object != desired.id) break;
    entry.attached[grant_ledger_key(it->first)] = "given";
  }
}

std::string made_anew_at(const Sides& sides, const ObjectId& id) {
  if (managed_in_part(sides, id) == nullptr) return {};
  const auto* entry = sides.entry(id);
  const Object* live = sides.live_object(id);
  if (entry == nullptr || live == nullptr) return {};
  const auto seen = entry->attached.find(kCreatedOn);
  if (seen == entry->attached.end() || seen->second.empty() || seen->second == live->live.created_on) return {};
  return moment(live->live.created_on);
}

std::string why_lost(const Sides& sides, const ObjectId& id, const std::string& ledger_key) {
  const auto at = made_anew_at(sides, id);
  if (at.empty() || sides.entry(id)->attached.count(ledger_key) == 0) return {};
  return "lost by a re-creation at " + at;
}

}  // namespace mesh::diff_parts
