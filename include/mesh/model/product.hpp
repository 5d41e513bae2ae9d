#pragma once
// Data products: what a domain publishes, who asks for it, and what both sides agree on (design 2).

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/base/calendar.hpp"
#include "mesh/diag/place.hpp"
#include "mesh/model/attachments.hpp"
#include "mesh/model/contract.hpp"
#include "mesh/model/grants.hpp"
#include "mesh/model/object.hpp"

namespace mesh {

struct Mesh;

// A semantic version, without a build's name.
struct Version {
  int64_t major = 0, minor = 0, patch = 0;
  std::string pre_release;      // after the hyphen; ordered as text
  std::string display() const;  // "1.2.0", "2.0.0-rc.1"
  // As semver.org says: a pre-release stands before the release.
  friend std::strong_ordering operator<=>(const Version& a, const Version& b);
  friend bool operator==(const Version& a, const Version& b) = default;
};
// Fails with what is missing: "1.2" has no patch.
Result<Version> parse_version(std::string_view written);

// domain/product@major, or domain/product/port@major.
struct PortId {
  std::string domain, product, port;  // port empty: the product's only one, or the one that bears its name
  int64_t major = 0;
  // "sales/orders@1": the port is named only where it is not called as the product is.
  std::string display() const;
  friend auto operator<=>(const PortId&, const PortId&) = default;
};
// `own` stands for the domain where none is written ("orders@1"); empty: one must be. Fails with the form there is.
Result<PortId> parse_port(std::string_view written, const std::string& own = {});

enum class ProductStatus : uint8_t { Draft, Active, Deprecated, Retired };
const char* to_string(ProductStatus status);  // "draft", ...

struct PlacedDate {
  std::string date;  // YYYY-MM-DD; empty: not stated
  Place place;
};

struct PortObject {
  ObjectId id;
  Place place;
};

struct Port {
  std::string name;
  std::string description;
  std::vector<PortObject> objects;
  std::optional<ObjectId> reader;  // the database role that carries the read access
  Place reader_place;
  std::string contract_file;  // relative to the mesh root; empty: derived from the manifest
  Contract contract;          // what the port promises
  Place place;                // of its key
};

// The provider's side of an agreement.
struct Approval {
  std::string domain;  // who is let in
  PortId port;         // with its port's name
  Grantee as;
  PlacedDate until;
  Place place;
  Place domain_place{}, port_place{}, as_place{};
};

struct Deprecation {
  PlacedDate announced, end_of_support, end_of_life;
  std::optional<PortId> successor;
  Place successor_place;
  Place place;
};

struct Product {
  std::string domain, name;
  Version version;
  Place version_place;
  ProductStatus status = ProductStatus::Active;
  std::string description;
  std::vector<std::string> tags;
  bool approves_all = false;          // approval: automatic
  std::map<std::string, Port> ports;  // by name
  std::vector<Approval> approvals;
  std::optional<Deprecation> deprecation;
  std::optional<ObjectId> share;     // by which other accounts read it; mesh fills it
  std::vector<Attachment> contacts;  // on nothing yet: of all objects of its ports that have none for the purpose
  Place place;                       // of its key

  std::string display() const;  // "sales/orders@1"
  // The port meant where `port` is empty: the only one, or the one called as the product; nullptr: none is.
  const Port* find_port(const std::string& port) const;
};

struct UsedColumn {
  Name name;
  Place place;
};

// The consumer's side of an agreement.
struct Request {
  std::string domain;  // who asks
  PortId port;         // with its port's name
  Grantee as;
  std::string purpose;
  std::vector<UsedColumn> columns;  // declared use; empty: all of them
  PlacedDate until;
  // Breaking changes that the consumer has agreed to: "CON-03 ORDER_ID".
  std::vector<std::pair<std::string, Place>> acknowledged;
  Place place;
  Place port_place{}, as_place{};
};

// Two majors of one product stand side by side.
struct ProductKey {
  std::string domain, product;
  int64_t major = 0;
  friend auto operator<=>(const ProductKey&, const ProductKey&) = default;
};

struct Products {
  std::map<ProductKey, Product> all;
  std::vector<Request> requests;  // by file and line
  // Comments that come from a contract: of what, and where they are written.
  std::map<Bearer, Place> described;

  const Product* find(const PortId& id) const;
  const Port* find_port(const PortId& id) const;
  bool empty() const { return all.empty() && requests.empty(); }
};

enum class AgreementState : uint8_t {
  Requested,  // asked for, and not approved
  Granted,    // what both sides say
  Stale,      // granted, and asked for longer than it was approved: the rest waits
  Expired,    // its last day is over
  Orphan,     // approved, and asked for by nobody
  Closed,     // the product is a draft, or retired
};
const char* to_string(AgreementState state);  // "requested", ...

// What follows from both files and the date.
struct Agreement {
  PortId port;
  std::string consumer;
  Grantee as;
  AgreementState state = AgreementState::Requested;
  std::string until;                   // the last day it is in force, the earlier of both sides; empty: no end
  const Request* request = nullptr;    // of Products: as long as that lives
  const Approval* approval = nullptr;  // nullptr: none, or approval: automatic

  bool in_force() const { return state == AgreementState::Granted || state == AgreementState::Stale; }
  std::string address() const;  // "finance consumes sales/orders@1"
};

// Each request with its approval, and approvals that nobody asked for: by port, consumer and role. `date` is today in
// UTC (YYYY-MM-DD): an agreement holds through its last day.
std::vector<Agreement> agreements(const Products& products, const std::string& date);

// The membership that carries out an agreement: the port's reader, granted to the consumer's role. Nothing where the
// port has no reader.
std::optional<MembershipKey> membership_of(const Products& products, const Agreement& agreement);

// What carries out an agreement between domains that live in two accounts: a share of the provider's that holds the
// port's reader and is opened to the consumer's account, and a database that is imported from it. One for each port and
// consuming domain, for a share can be consumed once in an account (data-share-consumers).
struct Crossing {
  ObjectId share;          // the provider's
  std::string opened_to;   // the consumer's account, ORGANIZATION.ACCOUNT; empty: mesh.yaml names no organization
  ObjectId database;       // the consumer's
  std::string from_share;  // ORGANIZATION.ACCOUNT.SHARE; empty likewise
  ObjectId role;           // the reader, as the database brings it
  MembershipKey shared, given;
};
// Nothing where both live in one account, or the port has no reader. `suffix` is that of the names in `products`: empty
// before the environment's is put on them.
std::optional<Crossing> crossing_of(const Mesh& mesh, const Products& products, const Agreement& agreement,
                                    const std::string& suffix);
// The memberships of either way.
std::vector<MembershipKey> memberships_of(const Mesh& mesh, const Products& products, const Agreement& agreement);

}  // namespace mesh
