#include "mesh/model/product.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <tuple>

#include <fmt/format.h>

#include "mesh/base/text.hpp"
#include "mesh/model/mesh.hpp"

namespace mesh {
namespace {

// A number without leading zeros, as semver.org wants it.
std::optional<int64_t> version_number(std::string_view text) {
  int64_t number = 0;
  const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc{} && at == text.data() + text.size() && !text.empty() && text[0] != '-';
  if (!whole || (text.size() > 1 && text[0] == '0')) return std::nullopt;
  return number;
}

bool is_identifier(std::string_view text, std::string_view also) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           also.find(c) != std::string_view::npos;
  });
}

// The earlier of two last days; empty means none.
std::string earlier(const std::string& a, const std::string& b) {
  if (a.empty() || b.empty()) return a.empty() ? b : a;
  return std::min(a, b);
}

bool ends_later(const std::string& a, const std::string& than) { return !than.empty() && (a.empty() || a > than); }

bool is_closed(const Product* product) {
  return product == nullptr || product->status == ProductStatus::Draft || product->status == ProductStatus::Retired;
}

AgreementState state_of(const Agreement& agreement, const Product* product, const std::string& date) {
  if (agreement.request == nullptr) return AgreementState::Orphan;
  if (is_closed(product)) return AgreementState::Closed;
  if (agreement.approval == nullptr && !product->approves_all) return AgreementState::Requested;
  if (!agreement.until.empty() && date > agreement.until) return AgreementState::Expired;
  const bool asks_for_more =
      agreement.approval != nullptr && ends_later(agreement.request->until.date, agreement.approval->until.date);
  return asks_for_more ? AgreementState::Stale : AgreementState::Granted;
}

}  // namespace

std::string Version::display() const {
  return fmt::format("{}.{}.{}{}{}", major, minor, patch, pre_release.empty() ? "" : "-", pre_release);
}

std::strong_ordering operator<=>(const Version& a, const Version& b) {
  if (const auto order = a.major <=> b.major; order != 0) return order;
  if (const auto order = a.minor <=> b.minor; order != 0) return order;
  if (const auto order = a.patch <=> b.patch; order != 0) return order;
  if (a.pre_release.empty() || b.pre_release.empty())
    return static_cast<int>(a.pre_release.empty()) <=> static_cast<int>(b.pre_release.empty());
  return a.pre_release.compare(b.pre_release) <=> 0;
}

Result<Version> parse_version(std::string_view written) {
  const auto build = written.find('+');
  const auto core_and_pre = written.substr(0, build);
  const auto hyphen = core_and_pre.find('-');
  const auto parts = split(core_and_pre.substr(0, hyphen), '.');
  const auto fail = [&](std::string why) {
    return mesh::fail(fmt::format("'{}' is no semantic version: {}", written, why));
  };
  static constexpr std::array<std::string_view, 3> kNames = {"major", "minor", "patch"};
  if (parts.size() != 3) return fail("it has three numbers, MAJOR.MINOR.PATCH, as in 1.2.0");
  std::array<int64_t, 3> numbers{};
  for (size_t i = 0; i < 3; ++i) {
    const auto number = version_number(parts[i]);
    if (!number) return fail(fmt::format("its {} '{}' is no whole number", kNames[i], parts[i]));
    numbers[i] = *number;
  }
  Version version{numbers[0], numbers[1], numbers[2], {}};
  if (hyphen == std::string_view::npos) return version;
  version.pre_release = std::string(core_and_pre.substr(hyphen + 1));
  if (!is_identifier(version.pre_release, ".-")) return fail("behind the hyphen stand letters, digits, dots");
  return version;
}

std::string PortId::display() const {
  const bool plain = port.empty() || port == product;
  return fmt::format("{}/{}{}{}@{}", domain, product, plain ? "" : "/", plain ? "" : port, major);
}

Result<PortId> parse_port(std::string_view written, const std::string& own) {
  const std::string form =
      own.empty() ? "DOMAIN/PRODUCT@MAJOR or DOMAIN/PRODUCT/PORT@MAJOR" : "PRODUCT@MAJOR or PRODUCT/PORT@MAJOR";
  const auto fail = [&](std::string_view why) {
    return mesh::fail(fmt::format("'{}' is no port: {}; write {}", written, why, form));
  };
  const auto at = written.rfind('@');
  if (at == std::string_view::npos) return fail("it does not say which major version");
  const auto major = version_number(written.substr(at + 1));
  if (!major) return fail("behind @ stands the major version alone, a whole number");
  auto parts = split(written.substr(0, at), '/');
  if (!own.empty() && (parts.size() == 1 || (parts.size() == 2 && parts[0] != own))) parts.insert(parts.begin(), own);
  if (parts.size() < 2 || parts.size() > 3) return fail("it has two or three names");
  for (const auto& part : parts) {
    if (!is_identifier(part, "_-.")) return fail(fmt::format("'{}' is no name", part));
  }
  return PortId{parts[0], parts[1], parts.size() == 3 ? parts[2] : std::string(), *major};
}

const char* to_string(ProductStatus status) {
  switch (status) {
    case ProductStatus::Draft:
      return "draft";
    case ProductStatus::Active:
      return "active";
    case ProductStatus::Deprecated:
      return "deprecated";
    case ProductStatus::Retired:
      return "retired";
  }
  return "";
}

const char* to_string(AgreementState state) {
  switch (state) {
    case AgreementState::Requested:
      return "requested";
    case AgreementState::Granted:
      return "granted";
    case AgreementState::Stale:
      return "stale";
    case AgreementState::Expired:
      return "expired";
    case AgreementState::Orphan:
      return "orphan";
    case AgreementState::Closed:
      return "closed";
  }
  return "";
}

std::string Product::display() const { return fmt::format("{}/{}@{}", domain, name, version.major); }

const Port* Product::find_port(const std::string& port) const {
  if (port.empty() && ports.size() == 1) return &ports.begin()->second;
  const auto it = ports.find(port.empty() ? name : port);
  return it == ports.end() ? nullptr : &it->second;
}

const Product* Products::find(const PortId& id) const {
  const auto it = all.find({id.domain, id.product, id.major});
  return it == all.end() ? nullptr : &it->second;
}

const Port* Products::find_port(const PortId& id) const {
  const Product* product = find(id);
  return product == nullptr ? nullptr : product->find_port(id.port);
}

std::string Agreement::address() const { return fmt::format("{} consumes {}", consumer, port.display()); }

std::vector<Agreement> agreements(const Products& products, const std::string& date) {
  using Key = std::tuple<PortId, std::string, Grantee>;
  std::map<Key, Agreement> found;
  const auto at = [&](const PortId& port, const std::string& consumer, const Grantee& as) -> Agreement& {
    auto& agreement = found[{port, consumer, as}];
    agreement.port = port;
    agreement.consumer = consumer;
    agreement.as = as;
    return agreement;
  };
  for (const auto& request : products.requests) at(request.port, request.domain, request.as).request = &request;
  for (const auto& [key, product] : products.all) {
    for (const auto& approval : product.approvals) at(approval.port, approval.domain, approval.as).approval = &approval;
  }
  std::vector<Agreement> all;
  for (auto& [key, agreement] : found) {
    const Product* product = products.find(agreement.port);
    const bool approved_once = agreement.approval != nullptr && product != nullptr && !product->approves_all;
    agreement.until =
        earlier(agreement.request == nullptr ? std::string() : agreement.request->until.date,
                approved_once || agreement.request == nullptr ? agreement.approval->until.date : std::string());
    if (product != nullptr && product->approves_all) agreement.approval = nullptr;
    if (agreement.request == nullptr && agreement.approval == nullptr) continue;
    agreement.state = state_of(agreement, product, date);
    all.push_back(std::move(agreement));
  }
  return all;
}

std::optional<MembershipKey> membership_of(const Products& products, const Agreement& agreement) {
  const Port* port = products.find_port(agreement.port);
  if (port == nullptr || !port->reader) return std::nullopt;
  return MembershipKey{*port->reader, agreement.as};
}

std::optional<Crossing> crossing_of(const Mesh& mesh, const Products& products, const Agreement& agreement,
                                    const std::string& suffix) {
  const auto& [domain, product, port_name, major] = agreement.port;
  const Port* port = products.find_port(agreement.port);
  if (port == nullptr || !port->reader || mesh.are_together(domain, agreement.consumer)) return std::nullopt;
  const auto named = [&](const std::vector<std::string>& words) {
    return Name::exact(replace_all(to_upper(join(words, "_")), "-", "_") + suffix);
  };
  std::vector<std::string> of_port = {domain, product};
  if (port_name != product) of_port.push_back(port_name);
  of_port.push_back(std::to_string(major));
  auto for_consumer = of_port, at_consumer = of_port;
  for_consumer.push_back(agreement.consumer);
  at_consumer.insert(at_consumer.begin(), agreement.consumer);

  Crossing crossing;
  crossing.share = {KindId::Share, QualifiedName({named(for_consumer)})};
  crossing.database = {KindId::Database, QualifiedName({named(at_consumer)})};
  crossing.role = {KindId::DatabaseRole, crossing.database.name.child(port->reader->name.last())};
  crossing.shared = {*port->reader, {GranteeType::Share, crossing.share.name}};
  crossing.given = {crossing.role, agreement.as};
  crossing.opened_to = account_in_share(mesh.account_of(agreement.consumer));
  const auto home = account_in_share(mesh.account_of(domain));
  // The name that the share has in the account, whatever the names here have by now.
  const auto own_suffix = suffix.empty() ? mesh.environment.suffix : std::string();
  if (!home.empty()) {
    const auto share = Name::exact(crossing.share.name.last().stored() + own_suffix);
    crossing.from_share = home + "." + share.display();
  }
  return crossing;
}

std::vector<MembershipKey> memberships_of(const Mesh& mesh, const Products& products, const Agreement& agreement) {
  if (const auto crossing = crossing_of(mesh, products, agreement, mesh.environment.suffix))
    return {crossing->shared, crossing->given};
  const auto key = membership_of(products, agreement);
  return key ? std::vector{*key} : std::vector<MembershipKey>();
}

}  // namespace mesh
