// One plan over several accounts.
#include <algorithm>

#include "mesh/base/digest.hpp"
#include "mesh/base/text.hpp"
#include "mesh/plan/plan.hpp"
#include "order.hpp"

namespace mesh {
namespace {

bool takes_away(const Change& change) {
  return change.action == Action::Drop || change.action == Action::Revoke || change.action == Action::Forget ||
         change.action == Action::Unset;
}

// The object that a change is about, or that it grants on.
const ObjectId* object_of(const Change& change) {
  if (change.object) return &*change.object;
  if (change.membership) return &change.membership->role;
  return change.grant && change.grant->target.form != TargetForm::Account ? &change.grant->target.object : nullptr;
}

// The share that a change is of, or that receives.
std::optional<ObjectId> share_of(const Change& change) {
  if (change.object && change.object->kind == KindId::Share) return change.object;
  const Grantee* to = change.grant ? &change.grant->grantee : change.membership ? &change.membership->member : nullptr;
  if (to == nullptr || to->type != GranteeType::Share) return std::nullopt;
  return mesh::object_of(*to);
}

class Merged {
 public:
  explicit Merged(std::vector<PlanPart>& parts) : parts_(parts) {
    for (auto& part : parts_) {
      const size_t first = changes_.size();
      first_.push_back(first);
      for (auto& change : part.plan.changes) {
        auto& before = before_.emplace_back(std::move(change.after));
        for (auto& index : before) index += first;
        changes_.push_back(std::move(change));
      }
    }
    first_.push_back(changes_.size());
    for (size_t provider = 0; provider < parts_.size(); ++provider) {
      for (size_t consumer = 0; consumer < parts_.size(); ++consumer) {
        if (provider != consumer) link(provider, consumer);
      }
    }
    for (auto& list : before_) {
      std::sort(list.begin(), list.end());
      list.erase(std::unique(list.begin(), list.end()), list.end());
    }
  }

  std::vector<Change> take(Diagnostics& diagnostics) { return arranged(std::move(changes_), before_, diagnostics); }

 private:
  // Of the provider's shares, what the consumer imports.
  void link(size_t provider, size_t consumer) {
    const auto account = account_in_share(parts_[provider].plan.account);
    std::map<ObjectId, std::vector<size_t>> of_share;
    for (size_t i = first_[provider]; i < first_[provider + 1]; ++i) {
      if (const auto share = share_of(changes_[i])) of_share[*share].push_back(i);
    }
    if (of_share.empty()) return;
    for (const auto& [database, from] : parts_[consumer].imports) {
      if (from.depth() != 3 || !iequals(from.parent().display(), account)) continue;
      const auto it = of_share.find({KindId::Share, QualifiedName({from.last()})});
      if (it == of_share.end()) continue;
      for (size_t i = first_[consumer]; i < first_[consumer + 1]; ++i) {
        const ObjectId* object = object_of(changes_[i]);
        if (object == nullptr || object->kind == KindId::Share || object->name.empty()) continue;
        if (object->name.first() != database.name.first() || (object->name.depth() == 1 && *object != database))
          continue;
        for (const size_t share : it->second) link_changes(share, i);
      }
    }
  }

  // What is given is given to the share first; what is taken away, by the consumer.
  void link_changes(size_t of_share, size_t of_import) {
    const bool gives = !takes_away(changes_[of_share]), takes = !takes_away(changes_[of_import]);
    if (gives && takes) before_[of_import].push_back(of_share);
    if (!gives && !takes) before_[of_share].push_back(of_import);
  }

  std::vector<PlanPart>& parts_;
  std::vector<size_t> first_;  // of each part, among the changes
  std::vector<Change> changes_;
  Befores before_;
};

template <typename Item>
void append(std::vector<Item>& all, std::vector<Item>& more) {
  std::move(more.begin(), more.end(), std::back_inserter(all));
}

// What several parts say of the mesh as a whole is said once.
void append_new(std::vector<Diagnostic>& all, std::vector<Diagnostic>& more) {
  for (auto& finding : more) {
    const auto same = [&](const Diagnostic& other) {
      return other.code == finding.code && other.summary == finding.summary && other.address == finding.address &&
             other.place == finding.place;
    };
    if (std::none_of(all.begin(), all.end(), same)) all.push_back(std::move(finding));
  }
}

}  // namespace

Plan merge_plans(std::vector<PlanPart> parts, const std::string& own_account, Diagnostics& diagnostics) {
  std::string fingerprints;
  for (auto& [plan, imports] : parts) {
    fingerprints += plan.account + " " + plan.fingerprint + "\n";
    if (same_account(plan.account, own_account)) continue;
    for (auto& change : plan.changes) change.account = plan.account;
    for (auto& item : plan.unmanaged) item.account = plan.account;
  }
  auto changes = Merged(parts).take(diagnostics);
  Plan merged = std::move(parts.front().plan);
  merged.changes = std::move(changes);
  for (size_t i = 1; i < parts.size(); ++i) {
    auto& more = parts[i].plan;
    append(merged.domains, more.domains);
    append(merged.products, more.products);
    append(merged.access, more.access);
    append(merged.readers, more.readers);
    append(merged.waiting, more.waiting);
    append_new(merged.findings, more.findings);
    append(merged.refused, more.refused);
    append(merged.unmanaged, more.unmanaged);
    append(merged.vanished, more.vanished);
    merged.statements_read += more.statements_read;
  }
  std::sort(merged.domains.begin(), merged.domains.end());
  const auto name = [](const PlannedProduct& product) { return product.product; };
  std::ranges::sort(merged.products, {}, name);
  const auto twice = std::ranges::unique(merged.products, {}, name);
  merged.products.erase(twice.begin(), twice.end());
  if (parts.size() > 1) merged.fingerprint = "sha256:" + sha256_hex(fingerprints);
  merged.account = own_account;
  return merged;
}

}  // namespace mesh
