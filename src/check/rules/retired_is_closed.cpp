#include <fmt/format.h>

#include "list.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/ddl.hpp"
#include "mesh/model/access.hpp"

namespace mesh::check {
namespace {

// The products that are retired, and what others still publish.
struct Retired {
  std::map<ObjectId, const Product*> readers, objects;
};

Retired retired(const Products& products) {
  Retired all;
  std::set<ObjectId> in_use;
  for (const auto& [key, product] : products.all) {
    for (const auto& [name, port] : product.ports) {
      for (const auto& object : port.objects) {
        if (product.status == ProductStatus::Retired) {
          all.objects.emplace(object.id, &product);
        } else {
          in_use.insert(object.id);
        }
      }
      if (product.status == ProductStatus::Retired && port.reader) all.readers.emplace(*port.reader, &product);
    }
  }
  for (const auto& id : in_use) all.objects.erase(id);
  return all;
}

void check(const View& view, const Parameters&, Findings& findings) {
  const auto gone = retired(view.products());
  for (const auto& [key, product] : view.products().all) {
    if (product.status == ProductStatus::Retired) findings.covers(view.subject(product));
  }
  const auto say = [&](const Subject& subject, const Product& product, const Grantee& who, const ObjectId& id,
                       const std::string& revoke) {
    findings.add(subject,
                 fmt::format("{} is retired, and {} still reads it", product.display(), view.shown(who).display()),
                 view.mend(id, revoke + ";", "take the grant out"));
  };
  for (const auto& [key, membership] : view.state().memberships) {
    const auto it = gone.readers.find(key.role);
    const auto* domain = view.domain_of(key.member);
    if (it == gone.readers.end() || domain == nullptr || domain->name == it->second->domain) continue;
    say(view.subject(membership), *it->second, key.member, key.role, mesh::kinds::revoke_role(key));
  }
  view.each_grant([&](const Grant& grant) {
    const auto& key = grant.key;
    if (key.target.form != TargetForm::Object) return;
    const auto it = gone.objects.find(key.target.object);
    if (it == gone.objects.end()) return;
    const auto* domain = view.domain_of(key.grantee);
    const bool outside = key.grantee.type == GranteeType::Share || key.grantee == everybody() ||
                         (domain != nullptr && domain->name != it->second->domain);
    if (outside) say(view.subject(grant), *it->second, key.grantee, key.target.object, kinds::revoke_statement(key));
  });
}

}  // namespace

constinit const Rule kRetiredIsClosed = {
    {.id = "retired-products-are-closed",
     .code = "LIF-01",
     .level = RuleLevel::Warning,
     .title = "Nobody outside its domain, and no share, still reads a retired product.",
     .why = "What nobody looks after any more goes on being believed.",
     .mend = "Take the grants away; the agreements end by themselves."},
    check};

}  // namespace mesh::check
