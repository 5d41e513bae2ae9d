// Products, requests and approvals against all domains, and what they make.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "mesh/base/text.hpp"
#include "odcs.hpp"
#include "products.hpp"
#include "references.hpp"

namespace mesh::manifest {
namespace {

// What a reader of an object is given on it (access-control-privileges), and whether a share takes it
// (grant-privilege-share).
struct ReadingRow {
  KindId kind;
  std::string_view privilege;
  bool crosses = false;
};
constexpr auto kReading = std::to_array<ReadingRow>({
    {KindId::Table, "SELECT", true},
    {KindId::View, "SELECT", true},
    {KindId::MaterializedView, "SELECT", true},
    {KindId::DynamicTable, "SELECT", true},
    {KindId::ExternalTable, "SELECT", true},
    {KindId::Stream, "SELECT"},
    {KindId::Function, "USAGE", true},
    {KindId::Procedure, "USAGE"},
    {KindId::Stage, "READ"},  // of an external one: USAGE
    {KindId::Sequence, "USAGE"},
    {KindId::FileFormat, "USAGE"},
});

const ReadingRow* reading_row(KindId kind) {
  const auto row = std::find_if(kReading.begin(), kReading.end(), [&](const auto& r) { return r.kind == kind; });
  return row == kReading.end() ? nullptr : &*row;
}

std::string_view reading_privilege(KindId kind) {
  const auto* row = reading_row(kind);
  return row == nullptr ? std::string_view() : row->privilege;
}

std::string_view reading_privilege(const Object& object) {
  const auto privilege = reading_privilege(object.id.kind);
  const auto takes = kinds::of(object.id.kind).takes_privilege;
  return takes == nullptr || takes(object, privilege) ? privilege : std::string_view("USAGE");
}

class ProductCheck {
 public:
  ProductCheck(Build& build, References& references)
      : build_(build), references_(references), diagnostics_(build.diagnostics) {}

  void run() {
    for (auto& [key, product] : build_.products.all) {
      for (auto& [name, port] : product.ports) check(product, port);
      share(product);
    }
    for (auto& [key, product] : build_.products.all) {
      std::erase_if(product.approvals, [&](Approval& approval) { return !settle(product, approval); });
      no_twins(product.approvals, "approved");
      successor(product);
    }
    std::erase_if(build_.products.requests, [&](Request& request) { return !settle(request); });
    no_twins(build_.products.requests, "asked for");
    for (const auto& agreement : agreements(build_.products, build_.date)) carry_out(agreement);
  }

 private:
  // --- ports

  void check(const Product& product, Port& port) {
    std::erase_if(port.objects, [&](const PortObject& object) { return build_.is_excluded(object.id); });
    if (port.reader && build_.is_excluded(*port.reader)) port.reader.reset();
    if (port.reader && !reader(product, port)) port.reader.reset();
    std::erase_if(port.objects, [&](const PortObject& object) { return !belongs(product, port, object); });
    auto derived = derived_contract(build_.state, product, port);
    port.contract = port.contract_file.empty() ? std::move(derived)
                                               : merged_contract(std::move(port.contract), derived, diagnostics_);
    same_major(product, port);
    for (const auto& object : port.objects) {
      if (port.reader) let_in(product, port.place, {GranteeType::DatabaseRole, port.reader->name}, object.id);
    }
  }

  // What the share holds is what the ports hold. A draft is opened to nobody yet, and what is retired no more.
  void share(Product& product) {
    if (product.share && !references_.is_declared(*product.share)) product.share.reset();
    if (!product.share) return;
    Object& declared = build_.state.objects.at(*product.share);
    const Grantee to{GranteeType::Share, product.share->name};
    for (const auto& [name, port] : product.ports) {
      for (const auto& object : port.objects) {
        give(product, port.place, to, {KindId::Database, QualifiedName({object.id.name.first()})}, "USAGE");
        let_in(product, port.place, to, object.id);
      }
    }
    const bool is_open = product.status == ProductStatus::Active || product.status == ProductStatus::Deprecated;
    const auto accounts = declared.properties.find("accounts");
    if (!is_open && accounts != declared.properties.end()) accounts->second.value = Value(ValueList{});
    if (declared.find("comment") == nullptr && !product.description.empty())
      declared.properties["comment"] = {Value(product.description), product.place};
  }

  // A contract counts its versions itself; its major is what consumers name.
  void same_major(const Product& product, const Port& port) {
    const auto version = parse_version(port.contract.version);
    if (port.contract.derived || !version || version->major == product.version.major) return;
    auto& warning =
        diagnostics_.warning("MESH1523", port.contract.place,
                             fmt::format("the contract is at version {}, and {} at {}", port.contract.version,
                                         product.display(), product.version.display()),
                             "both have the major version that consumers name");
    warning.notes.push_back({"the product's version", product.version_place});
  }

  bool reader(const Product& product, const Port& port) {
    const auto& id = *port.reader;
    const Domain* owner = build_.owner_of(id.name);
    if (owner == nullptr || owner->name != product.domain) {
      return refuse(port.reader_place, fmt::format("{} is not domain {}'s", id.address(), product.domain),
                    "a port's reader is a database role of its own domain");
    }
    if (!references_.must_be_known(id, port.reader_place) || !references_.is_declared(id)) return false;
    const auto [it, fresh] = readers_.emplace(id, port.reader_place);
    if (fresh) return true;
    auto& error =
        diagnostics_.error("MESH1503", port.reader_place, fmt::format("{} is the reader of two ports", id.address()),
                           "give each port a reader of its own: who is let into one would read the other too");
    error.notes.push_back({"the other port", it->second});
    return false;
  }

  bool belongs(const Product& product, const Port& port, const PortObject& object) {
    const auto& id = object.id;
    if (reading_privilege(id.kind).empty()) {
      std::vector<std::string> kinds;
      for (const auto& row : kReading) kinds.emplace_back(kind_words(row.kind));
      return refuse(object.place, fmt::format("a {} is nothing that a port holds", kind_words(id.kind)),
                    fmt::format("a port holds: {}", join(kinds, ", ")));
    }
    const Domain* owner = build_.owner_of(id.name);
    if (owner == nullptr || owner->name != product.domain) {
      return refuse(object.place, fmt::format("{} is not domain {}'s to publish", id.address(), product.domain),
                    owner == nullptr ? "nobody in this mesh owns it"
                                     : fmt::format("it belongs to domain {}: the product stands there", owner->name));
    }
    if (!references_.must_be_known(id, object.place) || !references_.is_declared(id)) return false;
    const Object& declared = build_.state.objects.at(id);
    if (declared.structure_is_foreign() && declared.manage.count("grants") == 0) {
      return refuse(object.place, fmt::format("mesh does not manage the grants of {}", id.address()),
                    "write manage: [grants] there, so that readers can be let in");
    }
    if (!port.reader || id.name.first() == port.reader->name.first()) return true;
    return refuse(
        object.place, fmt::format("{} cannot read {}", port.reader->address(), id.address()),
        "a database role holds privileges only in its own database: split the port, one reader for each database");
  }

  // What a reader needs, unless the manifests grant it already. USAGE on its database a database role is born with.
  void let_in(const Product& product, Place place, const Grantee& reader, const ObjectId& id) {
    give(product, place, reader, {KindId::Schema, id.name.parent()}, "USAGE");
    give(product, place, reader, id, reading_privilege(build_.state.objects.at(id)));
  }
  void give(const Product& product, Place place, const Grantee& to, const ObjectId& on, std::string_view privilege) {
    Grant grant;
    grant.key = {{TargetForm::Object, on, KindId::Table}, to, std::string(privilege)};
    grant.domain = product.domain;
    grant.place = place;
    build_.state.grants.emplace(grant.key, grant);
  }

  bool refuse(Place place, std::string summary, std::string help) {
    diagnostics_.error("MESH1503", place, std::move(summary), std::move(help));
    return false;
  }

  // --- the two sides

  bool settle(const Product& product, Approval& approval) {
    bool right = true;
    const Domain* consumer = build_.mesh.find(approval.domain);
    if (consumer == nullptr) {
      diagnostics_.error(
          "MESH1502", approval.domain_place, fmt::format("there is no domain '{}'", approval.domain),
          did_you_mean(approval.domain, domain_names(), fmt::format("this mesh has: {}", join(domain_names(), ", "))));
      return false;
    }
    if (consumer->name == product.domain) {
      diagnostics_.error("MESH1505", approval.domain_place,
                         fmt::format("domain {} approves for itself", product.domain),
                         fmt::format("its own roles it lets in itself: granted_to of the port's reader"));
      right = false;
    }
    if (const Port* port = find_port(product, approval.port, approval.port_place)) {
      approval.port.port = port->name;
    } else {
      right = false;
    }
    if (right) right = may_consume(*consumer, approval.as, approval.as_place);
    return right;
  }

  bool settle(Request& request) {
    const Domain& consumer = *build_.mesh.find(request.domain);
    const Product* product = find_product(request.port, request.port_place);
    const Port* port = product == nullptr ? nullptr : find_port(*product, request.port, request.port_place);
    bool right = port != nullptr;
    if (request.port.domain == request.domain) {
      diagnostics_.error("MESH1505", request.port_place,
                         fmt::format("domain {} asks for a product of its own", request.domain),
                         "its own roles it lets in itself: granted_to of the port's reader");
      right = false;
    }
    if (port != nullptr) {
      request.port.port = port->name;
      for (const auto& column : request.columns) has_column(*port, request.port, column);
    }
    return may_consume(consumer, request.as, request.as_place) && right;
  }

  std::vector<std::string> domain_names() const {
    std::vector<std::string> names;
    for (const auto& domain : build_.mesh.domains) names.push_back(domain.name);
    return names;
  }

  const Product* find_product(const PortId& id, Place place) {
    if (const Product* found = build_.products.find(id)) return found;
    if (build_.incomplete) return nullptr;
    std::vector<std::string> products, majors;
    for (const auto& [key, product] : build_.products.all) {
      if (key.domain != id.domain) continue;
      products.push_back(key.product);
      if (key.product == id.product) majors.push_back(product.display());
    }
    const auto wrong = [&](std::string summary, std::string help) {
      diagnostics_.error("MESH1502", place, std::move(summary), std::move(help));
      return nullptr;
    };
    if (build_.mesh.find(id.domain) == nullptr) {
      return wrong(
          fmt::format("there is no domain '{}'", id.domain),
          did_you_mean(id.domain, domain_names(), fmt::format("this mesh has: {}", join(domain_names(), ", "))));
    }
    if (!majors.empty()) {
      return wrong(fmt::format("product {}/{} has no major version {}", id.domain, id.product, id.major),
                   fmt::format("there is {}", join(majors, " and ")));
    }
    if (products.empty()) {
      return wrong(fmt::format("domain {} publishes no product", id.domain), "products: stand in its manifests");
    }
    return wrong(fmt::format("domain {} publishes no product '{}'", id.domain, id.product),
                 did_you_mean(id.product, products, fmt::format("it publishes: {}", join(products, ", "))));
  }

  const Port* find_port(const Product& product, const PortId& id, Place place) {
    if (const Port* found = product.find_port(id.port)) return found;
    if (build_.incomplete || product.ports.empty()) return nullptr;
    std::vector<std::string> names;
    for (const auto& [name, port] : product.ports) names.push_back(name);
    if (id.port.empty()) {
      diagnostics_.error(
          "MESH1502", place, fmt::format("{} has several ports: {}", product.display(), join(names, ", ")),
          fmt::format("name one: {}/{}/{}@{}", id.domain, id.product, names.front(), product.version.major));
    } else {
      diagnostics_.error("MESH1502", place, fmt::format("{} has no port '{}'", product.display(), id.port),
                         did_you_mean(id.port, names, fmt::format("it has: {}", join(names, ", "))));
    }
    return nullptr;
  }

  // Who asks in the name of a role must own it.
  bool may_consume(const Domain& consumer, const Grantee& as, Place place) {
    const ObjectId id = object_of(as);
    if (build_.is_excluded(id)) return false;  // not in this environment
    const Domain* owner = build_.owner_of(as.name);
    if (owner == nullptr || owner->name != consumer.name) {
      diagnostics_.error("MESH1506", place, fmt::format("{} is not domain {}'s", as.display(), consumer.name),
                         owner == nullptr
                             ? fmt::format("name a role that domain {} declares", consumer.name)
                             : fmt::format("it belongs to domain {}, which can ask for itself", owner->name));
      return false;
    }
    return references_.must_be_known(id, place, consumer.name);
  }

  void has_column(const Port& port, const PortId& id, const UsedColumn& column) {
    const auto& objects = port.contract.objects;
    const bool known = std::all_of(objects.begin(), objects.end(), [](const auto& each) { return each.columns_known; });
    if (!known || port.objects.empty() || port.contract.find(column.name) != nullptr) return;
    std::vector<std::string> names;
    for (const auto& object : objects) {
      for (const auto& each : object.columns) names.push_back(each.name.display());
    }
    diagnostics_.error("MESH1535", column.place,
                       fmt::format("{} has no column '{}'", id.display(), column.name.display()),
                       did_you_mean(column.name.display(), names, fmt::format("it has: {}", join(names, ", "))));
  }

  // A major version that is still to come may be named.
  void successor(const Product& product) {
    if (!product.deprecation || !product.deprecation->successor) return;
    const PortId& id = *product.deprecation->successor;
    const auto& all = build_.products.all;
    const bool is_to_come = std::any_of(all.begin(), all.end(), [&](const auto& each) {
      return each.first.domain == id.domain && each.first.product == id.product && each.first.major < id.major;
    });
    if (!is_to_come) find_product(id, product.deprecation->successor_place);
  }

  // One role has one agreement on a port.
  template <typename Side>
  void no_twins(std::vector<Side>& sides, std::string_view what) {
    std::map<std::tuple<PortId, std::string, Grantee>, const Side*> first;
    for (const auto& side : sides) {
      const auto [it, fresh] = first.emplace(std::tuple(side.port, side.domain, side.as), &side);
      if (fresh) continue;
      auto& error = diagnostics_.error(
          "MESH1105", side.port_place,
          fmt::format("{} is {} twice for {}", side.port.display(), what, side.as.display()), "keep one of them");
      error.notes.push_back({"the other", it->second->port_place});
    }
  }

  // --- what follows

  void carry_out(const Agreement& agreement) {
    if (!agreement.in_force()) return;
    const Product& product = *build_.products.find(agreement.port);
    const Place place =
        agreement.approval != nullptr ? agreement.approval->place : product.find_port(agreement.port.port)->place;
    if (const auto crossing = crossing_of(build_.mesh, build_.products, agreement, {}))
      return carry_across(agreement, *crossing, product, place);
    const auto key = membership_of(build_.products, agreement);
    if (key) build_.state.memberships.emplace(*key, Membership{*key, product.domain, place});
  }

  // --- between two accounts

  void carry_across(const Agreement& agreement, const Crossing& crossing, const Product& product, Place place) {
    const Place asked = agreement.request->place;
    if (crossing.opened_to.empty() || crossing.from_share.empty()) {
      const auto& nameless = crossing.opened_to.empty() ? agreement.consumer : product.domain;
      diagnostics_.error(
          "MESH1431", agreement.request->port_place,
          fmt::format("{} lives in another account than {}, and mesh.yaml calls that of {} '{}'",
                      agreement.port.display(), agreement.consumer, nameless, build_.mesh.account_of(nameless)),
          "a share names accounts by organization and name: write account: ORG-ACCOUNT there");
      return;
    }
    for (const auto& object : product.find_port(agreement.port.port)->objects) may_cross(agreement, object);

    auto share = made(agreement, crossing.share, product.domain, place);
    share.properties["accounts"] = {Value(ValueList{Value(crossing.opened_to)}), place};
    share.properties["comment"] = {Value(agreement.address()), place};
    auto database = made(agreement, crossing.database, agreement.consumer, asked);
    database.properties["from_share"] = {Value(crossing.from_share), asked};
    database.ignore_changes = {"comment"};  // the provider's (data-share-consumers)
    auto role = made(agreement, crossing.role, agreement.consumer, asked);
    role.manage = {"grants"};
    if (!add(std::move(share)) || !add(std::move(database)) || !add(std::move(role))) return;

    Grant usage;
    const ObjectId shared{KindId::Database, QualifiedName({crossing.shared.role.name.first()})};
    usage.key = {{TargetForm::Object, shared, KindId::Table}, crossing.shared.member, "USAGE"};
    usage.domain = product.domain;
    usage.place = place;
    build_.state.grants.emplace(usage.key, usage);
    build_.state.memberships.emplace(crossing.shared, Membership{crossing.shared, product.domain, place});
    build_.state.memberships.emplace(crossing.given, Membership{crossing.given, agreement.consumer, asked});
  }

  // grants.md 1.4: what a share takes, and that it is to be secure.
  void may_cross(const Agreement& agreement, const PortObject& object) {
    const auto wrong = [&](const std::string& what, std::string help) {
      if (!not_to_cross_.insert(object.id).second) return;
      diagnostics_.error("MESH1503", object.place,
                         fmt::format("{} lives in another account, and {}", agreement.consumer, what), std::move(help));
    };
    const auto* row = reading_row(object.id.kind);
    if (row == nullptr || !row->crosses)
      return wrong(fmt::format("a share takes no {}", kind_words(object.id.kind)),
                   "offer it in a port of its own, for consumers in this account");
    const Object* declared = build_.state.find(object.id);
    const auto* secure = declared == nullptr ? nullptr : kinds::find_property(kinds::of(declared->id.kind), "secure");
    const Value* stated = secure == nullptr ? nullptr : declared->find("secure");
    if (secure == nullptr || (stated != nullptr && *stated == Value(true))) return;
    wrong(fmt::format("a share takes only secure objects, which {} is not", object.id.address()),
          fmt::format("write secure: true in {}", object.id.address()));
  }

  static Object made(const Agreement& agreement, const ObjectId& id, const std::string& domain, Place place) {
    Object object;
    object.id = id;
    object.domain = domain;
    object.place = place;
    object.agreement = agreement.address();
    return object;
  }

  // Two agreements of one consumer on a port share what carries them out.
  bool add(Object object) {
    const Domain* owner = build_.owner_of(object.id.name);
    if (owner == nullptr || owner->name != object.domain) {
      diagnostics_.error("MESH1405", object.place,
                         fmt::format("{} carries out {}, and its name is not domain {}'s", object.id.address(),
                                     object.agreement, object.domain),
                         owner == nullptr ? fmt::format("add it to owns of domain {} in mesh.yaml", object.domain)
                                          : fmt::format("it belongs to domain {}: give it to {} in mesh.yaml",
                                                        owner->name, object.domain));
      return false;
    }
    const auto [it, fresh] = build_.state.objects.emplace(object.id, object);
    if (fresh || it->second.agreement == object.agreement) return true;
    auto& error = diagnostics_.error(
        "MESH1105", it->second.place,
        fmt::format("{} is declared, and {} makes one of that name", object.id.address(), object.agreement),
        "give the declared one another name: an agreement between two accounts makes its share and database itself");
    error.notes.push_back({"the agreement", object.place});
    return false;
  }

  Build& build_;
  References& references_;
  Diagnostics& diagnostics_;
  std::map<ObjectId, Place> readers_;
  std::set<ObjectId> not_to_cross_;
};

}  // namespace

void check_products(Build& build, References& references) {
  if (!build.products.empty()) ProductCheck(build, references).run();
}

}  // namespace mesh::manifest
