#include "mesh/plan/agreements.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "mesh/base/text.hpp"

namespace mesh {
namespace {

std::string path_of(const Place& place, const Sources& sources) {
  return place.known() && place.file < sources.size() ? sources.file(place.file).path : "its manifest";
}

Place place_of(const Agreement& agreement) {
  return agreement.request != nullptr ? agreement.request->place : agreement.approval->place;
}

bool ends_later(const std::string& a, const std::string& than) { return !than.empty() && (a.empty() || a > than); }

std::string through(const std::string& date) { return date.empty() ? "without an end" : "through " + date; }

// What stands on both sides of an agreement, as the plan asks for it.
class Sides {
 public:
  Sides(const Mesh& mesh, const Products& products, const std::string& date, const std::set<std::string>& domains)
      : mesh_(mesh), products_(products), date_(date), domains_(domains), all_(agreements(products, date)) {}

  const std::vector<Agreement>& all() const { return all_; }
  bool is_meant(const std::string& domain) const { return domains_.empty() || domains_.count(domain) > 0; }
  bool is_meant(const Agreement& agreement) const {
    return is_meant(agreement.consumer) || is_meant(agreement.port.domain);
  }
  const Product& product(const Agreement& agreement) const { return *products_.find(agreement.port); }
  std::string role(const Agreement& agreement) const { return mesh_.as_written(agreement.as).display(); }
  std::optional<Crossing> crossing(const Agreement& agreement) const {
    return crossing_of(mesh_, products_, agreement, mesh_.environment.suffix);
  }
  const Mesh& mesh() const { return mesh_; }
  const Products& products() const { return products_; }
  const std::string& date() const { return date_; }

 private:
  const Mesh& mesh_;
  const Products& products_;
  const std::string& date_;
  const std::set<std::string>& domains_;
  std::vector<Agreement> all_;
};

class Findings {
 public:
  explicit Findings(const Sides& sides) : sides_(sides) {}

  std::vector<Diagnostic> take() {
    for (const auto& agreement : sides_.all()) {
      if (sides_.is_meant(agreement)) of(agreement);
    }
    for (const auto& [key, product] : sides_.products().all) {
      if (sides_.is_meant(product.domain)) of(product);
    }
    return std::move(found_);
  }

 private:
  void warn(const char* code, const std::string& address, Place place, std::string summary, std::string help) {
    found_.push_back({Severity::Warning, code, std::move(summary), std::move(help), address, place, {}});
  }
  void warn(const char* code, const Agreement& agreement, std::string summary, std::string help) {
    warn(code, agreement.address(), place_of(agreement), std::move(summary), std::move(help));
  }

  void of(const Agreement& agreement) {
    const auto role = sides_.role(agreement);
    switch (agreement.state) {
      case AgreementState::Requested:
        return;
      case AgreementState::Orphan:
        return warn("MESH1508", agreement,
                    fmt::format("{} is approved for {} as {}, and does not ask for it", agreement.consumer,
                                agreement.port.display(), role),
                    fmt::format("take the approval out, or have {} add it to its consumes", agreement.consumer));
      case AgreementState::Closed:
        return closed(agreement);
      case AgreementState::Expired:
        return warn("MESH1507", agreement,
                    fmt::format("the access of {} to {} ended on {}", role, agreement.port.display(), agreement.until),
                    "to go on, both sides write a later until; else take the lines out");
      case AgreementState::Granted:
      case AgreementState::Stale:
        in_force(agreement, role);
    }
  }

  void closed(const Agreement& agreement) {
    const Product& product = sides_.product(agreement);
    if (product.status != ProductStatus::Retired) return;  // a draft: it waits
    warn("MESH1509", agreement, fmt::format("{} is retired: nobody is let in any more", product.display()),
         "take the line out" + successor(product));
  }

  static std::string successor(const Product& product) {
    if (!product.deprecation || !product.deprecation->successor) return {};
    return fmt::format("; its successor is {}", product.deprecation->successor->display());
  }

  void in_force(const Agreement& agreement, const std::string& role) {
    if (!agreement.until.empty() && agreement.until <= days_after(sides_.date(), kDaysOfNotice)) {
      warn("MESH1507", agreement,
           fmt::format("the access of {} to {} ends on {}", role, agreement.port.display(), agreement.until),
           "to go on, both sides write a later until");
    }
    if (agreement.approval != nullptr && ends_later(agreement.approval->until.date, agreement.request->until.date) &&
        !agreement.approval->until.date.empty()) {
      warn("MESH1508", agreement.address(), agreement.approval->place,
           fmt::format("{} is approved through {} and asks {} only: the earlier day counts", agreement.consumer,
                       agreement.approval->until.date, through(agreement.request->until.date)),
           "write the same day on both sides");
    }
    const Product& product = sides_.product(agreement);
    if (product.status == ProductStatus::Deprecated) {
      std::string when;
      if (product.deprecation && !product.deprecation->end_of_support.date.empty())
        when += fmt::format(", supported {}", through(product.deprecation->end_of_support.date));
      if (product.deprecation && !product.deprecation->end_of_life.date.empty())
        when += fmt::format(", gone after {}", product.deprecation->end_of_life.date);
      warn("MESH1509", agreement, fmt::format("{} is deprecated{}", product.display(), when),
           "move away from it" + successor(product));
    }
  }

  // The window is over: nothing is taken away for that alone.
  void of(const Product& product) {
    if (!product.deprecation || product.status == ProductStatus::Retired) return;
    const auto& end = product.deprecation->end_of_life;
    if (end.date.empty() || sides_.date() <= end.date) return;
    std::vector<std::string> consumers;
    for (const auto& agreement : sides_.all()) {
      if (agreement.in_force() && sides_.products().find(agreement.port) == &product)
        consumers.push_back(agreement.consumer);
    }
    consumers.erase(std::unique(consumers.begin(), consumers.end()), consumers.end());
    warn("MESH1509", product.display(), end.place,
         fmt::format("the end of life of {} was {}{}", product.display(), end.date,
                     consumers.empty() ? "" : ", and it is still consumed by " + join(consumers, ", ")),
         "write status: retired, which takes the access away; or a later end_of_life");
  }

  const Sides& sides_;
  std::vector<Diagnostic> found_;
};

class Waiting {
 public:
  Waiting(const Sides& sides, const State& live, const Sources& sources, Plan& plan)
      : sides_(sides), live_(live), sources_(sources), plan_(plan) {}

  void add_all() {
    for (const auto& agreement : sides_.all()) {
      if (agreement.request != nullptr && sides_.is_meant(agreement)) of(agreement);
    }
  }

 private:
  void add(const Agreement& agreement, Place place, std::string needs) {
    const auto same = [&](const Agreement& other) { return other.address() == agreement.address(); };
    const auto& all = sides_.all();
    if (std::count_if(all.begin(), all.end(), same) > 1) needs += fmt::format(" ({})", sides_.role(agreement));
    plan_.waiting.push_back({agreement.address(), std::move(needs), place});
  }

  void of(const Agreement& agreement) {
    const Product& product = sides_.product(agreement);
    const auto file = path_of(product.place, sources_);
    switch (agreement.state) {
      case AgreementState::Orphan:
        return;
      case AgreementState::Requested:
        return add(agreement, product.place, "approve in " + file);
      case AgreementState::Closed:
        if (product.status == ProductStatus::Draft)
          add(agreement, product.place, "it is a draft: make it active in " + file);
        return;
      case AgreementState::Expired:
      case AgreementState::Stale:
        beyond(agreement);
        break;
      case AgreementState::Granted:
        break;
    }
    if (agreement.in_force()) provisioning(agreement, product);
  }

  // What is asked for beyond the approval.
  void beyond(const Agreement& agreement) {
    if (agreement.approval == nullptr) return;
    const auto &asked = agreement.request->until.date, &approved = agreement.approval->until.date;
    const bool over = !asked.empty() && asked < sides_.date();
    if (over || !ends_later(asked, approved)) return;
    add(agreement, agreement.approval->place,
        fmt::format("approved {}, asked for {}: a later until in {}", through(approved), through(asked),
                    path_of(agreement.approval->place, sources_)));
  }

  // Both sides agree, and what carries it out is not part of this run.
  void provisioning(const Agreement& agreement, const Product& product) {
    if (const auto crossing = sides_.crossing(agreement)) return provisioning(agreement, product, *crossing);
    const auto key = membership_of(sides_.products(), agreement);
    if (!key || is_done(*key)) return;
    if (sides_.is_meant(product.domain) && live_.find(object_of(agreement.as)) == nullptr) {
      return add(agreement, agreement.request->as_place,
                 fmt::format("approved; the next apply of {} makes {}, and then {} lets it in", agreement.consumer,
                             sides_.role(agreement), product.domain));
    }
    add(agreement, agreement.approval != nullptr ? agreement.approval->place : product.place,
        fmt::format("approved; the next apply of {} lets it in", product.domain));
  }

  // Each side in its own account, of which nothing is known where it is not part of this run.
  void provisioning(const Agreement& agreement, const Product& product, const Crossing& crossing) {
    if (!sides_.is_meant(agreement.consumer) || is_done(crossing.given)) return;
    if (live_.find(crossing.database) == nullptr && !sides_.is_meant(product.domain)) {
      return add(agreement, product.place,
                 fmt::format("approved; the next apply of {} shares it with this account", product.domain));
    }
    add(agreement, agreement.request->as_place,
        fmt::format("approved; the next apply of {} makes {}, and then lets it in", agreement.consumer,
                    sides_.role(agreement)));
  }

  bool is_done(const MembershipKey& key) const {
    const auto carries_out = [&](const Change& change) { return change.membership == key; };
    return live_.memberships.count(key) > 0 || std::any_of(plan_.changes.begin(), plan_.changes.end(), carries_out);
  }

  const Sides& sides_;
  const State& live_;
  const Sources& sources_;
  Plan& plan_;
};

// Why a change is made that a product makes.
class Reasons {
 public:
  explicit Reasons(const Sides& sides) : sides_(sides) {
    for (const auto& agreement : sides.all()) {
      for (const auto& key : memberships_of(sides.mesh(), sides.products(), agreement))
        memberships_.emplace(key, &agreement);
      const auto crossing = sides.crossing(agreement);
      if (!crossing) continue;
      // One of several that share them, where there are: one that is in force gives the reason for them to be there.
      for (const auto& id : {crossing->share, crossing->database, crossing->role}) {
        const auto [it, fresh] = objects_.emplace(id, &agreement);
        if (!fresh && !it->second->in_force()) it->second = &agreement;
      }
    }
    for (const auto& [key, product] : sides.products().all) {
      for (const auto& [name, port] : product.ports) {
        if (port.reader)
          readers_.emplace(port.reader->name,
                           Reader{PortId{product.domain, product.name, name, key.major}, port.place});
      }
    }
  }

  void give(Change& change) const {
    if (change.grant) of_grant(change);
    if (change.membership) of_membership(change);
    if (change.object) of_object(change);
  }

 private:
  struct Reader {
    PortId port;
    Place place;
  };

  void of_grant(Change& change) const {
    if (change.grant->grantee.type != GranteeType::DatabaseRole || change.action != Action::Grant) return;
    const auto reader = readers_.find(change.grant->grantee.name);
    if (reader != readers_.end() && reader->second.place == change.place)
      change.reason_text = fmt::format("port {} is read through it", reader->second.port.display());
  }

  void of_membership(Change& change) const {
    const auto it = memberships_.find(*change.membership);
    if (it == memberships_.end()) return;
    change.action == Action::Grant ? begins(*it->second, change) : ends(*it->second, change);
  }

  void of_object(Change& change) const {
    const auto it = objects_.find(*change.object);
    if (it == objects_.end()) return;
    if (change.action == Action::Create) begins(*it->second, change);
    if (change.action == Action::Drop) ends(*it->second, change);
  }

  static void begins(const Agreement& agreement, Change& change) {
    if (!agreement.in_force()) return;
    const auto& purpose = agreement.request->purpose;
    change.reason_text = fmt::format("{} {}{}{}", agreement.address(), through(agreement.until),
                                     purpose.empty() ? "" : " for ", purpose);
  }

  void ends(const Agreement& agreement, Change& change) const {
    change.place = place_of(agreement);
    change.reason_text = fmt::format("{}: {}", agreement.address(), why_not(agreement));
  }

  std::string why_not(const Agreement& agreement) const {
    switch (agreement.state) {
      case AgreementState::Requested:
        return "not approved";
      case AgreementState::Orphan:
        return "not asked for any more";
      case AgreementState::Closed:
        return fmt::format("the product is {}", to_string(sides_.product(agreement).status));
      case AgreementState::Expired:
      case AgreementState::Granted:
      case AgreementState::Stale:
        break;
    }
    return "it ended on " + agreement.until;
  }

  const Sides& sides_;
  std::map<MembershipKey, const Agreement*> memberships_;
  std::map<ObjectId, const Agreement*> objects_;
  std::map<QualifiedName, Reader> readers_;
};

}  // namespace

std::vector<Diagnostic> agreement_findings(const Mesh& mesh, const Products& products, const std::string& date,
                                           const std::set<std::string>& domains) {
  if (products.empty()) return {};
  return Findings(Sides(mesh, products, date, domains)).take();
}

void hold_back(DiffResult& result, const Mesh& mesh, const Products& products, const State& live,
               const std::string& date) {
  std::set<MembershipKey> agreed;
  for (const auto& agreement : agreements(products, date)) {
    for (auto& key : memberships_of(mesh, products, agreement)) agreed.insert(std::move(key));
  }
  if (agreed.empty()) return;
  // The agreement itself is shown as waiting.
  std::erase_if(result.waiting, [&](const Waits& item) {
    return std::ranges::any_of(agreed, [&](const MembershipKey& key) { return key.address() == item.address; });
  });
  std::set<std::string> made;
  for (const auto& change : result.changes) made.insert(change.makes.begin(), change.makes.end());
  std::erase_if(result.changes, [&](const Change& change) {
    if (!change.membership || change.action != Action::Grant || agreed.count(*change.membership) == 0) return false;
    const auto role = object_of(change.membership->member);
    return live.find(role) == nullptr && made.count(role.address()) == 0;
  });
}

void hold_back_imports(DiffResult& result, const std::set<ObjectId>& databases) {
  if (databases.empty()) return;
  const auto rests_on_one = [&](const ObjectId& id) {
    return !id.name.empty() && databases.count({KindId::Database, QualifiedName({id.name.first()})}) > 0 &&
           (id.kind == KindId::Database || id.name.depth() > 1);
  };
  std::erase_if(result.changes, [&](const Change& change) {
    return (change.object && rests_on_one(*change.object)) ||
           (change.grant && change.grant->target.form != TargetForm::Account &&
            rests_on_one(change.grant->target.object)) ||
           (change.membership && rests_on_one(change.membership->role));
  });
}

void add_agreements(Plan& plan, const Mesh& mesh, const Products& products, const State& live, const Sources& sources) {
  if (products.empty()) return;
  const std::set<std::string> domains(plan.domains.begin(), plan.domains.end());
  const Sides sides(mesh, products, plan.date, domains);
  for (auto& finding : Findings(sides).take()) plan.findings.push_back(std::move(finding));
  Waiting(sides, live, sources, plan).add_all();
  std::stable_sort(plan.waiting.begin(), plan.waiting.end(),
                   [](const auto& a, const auto& b) { return a.address < b.address; });
  const Reasons reasons(sides);
  for (auto& change : plan.changes) reasons.give(change);
}

}  // namespace mesh
