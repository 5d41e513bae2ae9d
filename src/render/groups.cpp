#include "groups.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>

#include "mesh/base/text.hpp"
#include "mesh/kinds/kind.hpp"
#include "words.hpp"

namespace mesh::render {
namespace {

bool is_access(const Change& change) {
  return (change.action == Action::Grant || change.action == Action::Revoke) && (change.grant || change.membership);
}

std::string subject_of(const Change& change) {
  if (!is_access(change)) return change.object ? change.object->address() : change.address;
  if (change.membership) return change.membership->role.address();
  const auto& target = change.grant->target;
  return target.form == TargetForm::Account ? "account" : target.object.address();
}

// "with grant option" where that is what is given or taken.
std::string option_words(const Change& change) {
  for (const auto& line : change.diff) {
    if (line.property == "grant_option")
      return line.after == Value(true) ? " with grant option" : " (the grant option only)";
  }
  return {};
}

// What stands after the privileges: " on future views to role R".
std::string scope_and_grantee(const Change& change) {
  const auto& key = *change.grant;
  std::string out;
  if (key.target.form == TargetForm::FutureIn) {
    out += " on future " + to_lower(kinds::of(key.target.of_kind).sql_plural);
  } else if (key.target.form == TargetForm::PresentIn) {
    out += " on all " + to_lower(kinds::of(key.target.of_kind).sql_plural) + ", now and later";
  }
  return out + (change.action == Action::Grant ? " to " : " from ") + key.grantee.display() + option_words(change);
}

AccessLine access_line(const Change& change, const std::string& tail) {
  AccessLine line;
  line.added = change.action == Action::Grant;
  line.what = change.membership
                  ? (line.added ? "granted to " : "no longer granted to ") + change.membership->member.display()
                  : change.grant->privilege + tail;
  line.place = change.place;
  line.reason = reason_words(change);
  line.changes.push_back(&change);
  return line;
}

// Privileges that differ in nothing else share a line.
class AccessLines {
 public:
  void add(Group& group, const Change& change) {
    const std::string tail = change.grant ? scope_and_grantee(change) : std::string();
    if (!change.grant) {
      group.access.push_back(access_line(change, tail));
      return;
    }
    const auto key = std::make_tuple(group.product, group.subject, (change.action == Action::Grant ? "+" : "-") + tail);
    const auto [slot, is_new] = seen_.try_emplace(key, group.access.size());
    if (is_new) {
      group.access.push_back(access_line(change, tail));
      return;
    }
    auto& line = group.access[slot->second];
    const auto privileges = line.what.substr(0, line.what.size() - tail.size());
    line.what = privileges + ", " + change.grant->privilege + tail;
    line.changes.push_back(&change);
  }

 private:
  std::map<std::tuple<std::string, std::string, std::string>, size_t> seen_;
};

}  // namespace

std::vector<const Change*> pending_changes(const Plan& plan) {
  std::vector<const Change*> all;
  for (const auto i : plan.pending) all.push_back(&plan.changes.at(i));
  return all;
}

const PlannedProduct& planned_product(const Plan& plan, const std::string& name) {
  const auto& all = plan.products;
  const auto it = std::find_if(all.begin(), all.end(), [&](const auto& each) { return each.product == name; });
  if (it == all.end()) broken_promise("every product of a change is the plan's", __FILE__, __LINE__);
  return *it;
}

bool is_destructive(const Change& change) { return change.risk == Risk::Destructive; }

std::vector<Group> groups(const Plan& plan) {
  std::vector<Group> all;
  std::map<std::pair<std::string, std::string>, size_t> index;  // by product and subject
  AccessLines lines;
  for (size_t i = 0; i < plan.changes.size(); ++i) {
    if (plan.pending.count(i) > 0) continue;
    const auto& change = plan.changes[i];
    const auto subject = subject_of(change);
    const auto [slot, is_new] = index.try_emplace({change.product, subject}, all.size());
    if (is_new) {
      all.emplace_back();
      all.back().product = change.product;
      all.back().subject = subject;
    }
    auto& group = all[slot->second];
    if (is_access(change)) {
      lines.add(group, change);
    } else {
      group.own.push_back(&change);
    }
  }
  std::stable_sort(all.begin(), all.end(), [](const Group& a, const Group& b) { return a.product < b.product; });
  return all;
}

}  // namespace mesh::render
