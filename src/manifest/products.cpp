// What a domain publishes and what it consumes, as it is written.
#include "products.hpp"

#include <fmt/format.h>

#include "mesh/base/text.hpp"
#include "odcs.hpp"

namespace mesh::manifest {
namespace {

constexpr std::string_view kApproval =
    "- {domain: finance, port: orders@1, as: role FINANCE_ANALYST, until: 2027-06-30}";
constexpr std::string_view kRequest = "- {port: sales/orders@1, as: role FINANCE_ANALYST, purpose: revenue reporting}";

// A key that must be there.
const Node* needed(const Node& map, std::string_view key, std::string_view what, std::string_view example,
                   Diagnostics& diagnostics) {
  const Node* node = map.find(key);
  if (node != nullptr && !node->is_null()) return node;
  diagnostics.error("MESH1103", map.place, fmt::format("{} does not say its {}", what, key),
                    fmt::format("write {}", example));
  return nullptr;
}

PlacedDate read_date(const Node& map, std::string_view key, Diagnostics& diagnostics) {
  const Node* node = map.find(key);
  if (node == nullptr || node->is_null()) return {};
  const auto text = read_scalar(*node, key, diagnostics);
  if (!text) return {};
  if (is_calendar_date(*text)) return {*text, node->place};
  diagnostics.error("MESH1504", node->place, fmt::format("{} is no date: '{}'", key, *text),
                    "write YYYY-MM-DD, a day that the calendar has");
  return {};
}

std::optional<PortId> read_port_id(const Node& node, const std::string& own, Diagnostics& diagnostics) {
  const auto text = read_text(node, "port", diagnostics);
  if (!text) return std::nullopt;
  auto id = parse_port(*text, own);
  if (id) return *id;
  diagnostics.error("MESH1502", node.place, id.error().message,
                    own.empty() ? "as in sales/orders@1" : "as in orders@1");
  return std::nullopt;
}

// The account role that receives the access.
std::optional<Grantee> read_as(const Node& node, Diagnostics& diagnostics) {
  const auto text = read_text(node, "as", diagnostics);
  if (!text) return std::nullopt;
  const auto grantee = parse_grantee(*text);
  if (grantee && grantee->type == GranteeType::Role) return *grantee;
  diagnostics.error("MESH1506", node.place, fmt::format("'{}' cannot consume a port", *text),
                    grantee ? "an account role consumes: write as: role R" : grantee.error().message);
  return std::nullopt;
}

class ProductReader {
 public:
  ProductReader(const Site& site, const Entry& entry) : site_(site), entry_(entry), diagnostics_(site.diagnostics()) {}

  void read() {
    const Node& body = entry_.value;
    if (!expect_map(body, "a product", diagnostics_)) return;
    check_keys(body,
               {"version", "status", "description", "tags", "ports", "approval", "approves", "deprecation", "odps",
                "share", "contacts"},
               "a product", diagnostics_);
    product_.domain = site_.domain.name;
    product_.place = entry_.key.place;
    const bool named = name();
    if (const Node* node = body.find("odps"); node != nullptr && !node->is_null()) odps(*node);
    const bool versioned = version(body);
    if (!named || !versioned) return;
    words(body);
    ports(body);
    if (const Node* node = body.find("approves")) approvals(*node);
    if (const Node* node = body.find("deprecation"); node != nullptr && !node->is_null()) deprecation(*node);
    if (const Node* node = body.find("share"); node != nullptr && !node->is_null()) share(*node);
    if (const Node* node = body.find("contacts"); node != nullptr && !node->is_null())
      product_.contacts = read_contact_map(site_, *node);
    keep();
  }

 private:
  std::string what() const { return fmt::format("product {}", product_.name); }

  // NAME, or NAME@MAJOR where two majors stand side by side.
  bool name() {
    const std::string& key = entry_.key.text;
    const auto at = key.find('@');
    auto id = parse_port(at == std::string::npos ? key + "@0" : key, product_.domain);
    if (id && id->port.empty() && id->domain == product_.domain) {
      product_.name = id->product;
      if (at != std::string::npos) major_ = id->major;
      return true;
    }
    diagnostics_.error("MESH1201", entry_.key.place, fmt::format("'{}' cannot be the name of a product", key),
                       "letters, digits, _ and -; NAME@MAJOR where two majors stand side by side");
    return false;
  }

  // What an ODPS file says counts where the manifest says nothing.
  void odps(const Node& node) {
    const auto file = read_text_file(site_, "odps", node, false);
    const auto root = file ? yaml::parse(file->text, file->place.file, diagnostics_) : std::nullopt;
    if (root) odps_ = read_odps(*root, diagnostics_);
    if (!odps_) return;
    product_.description = odps_->description;
    product_.tags = odps_->tags;
    for (const auto& described : odps_->ports) {
      Port port;
      port.name = described.name;
      port.description = described.description;
      port.place = described.place;
      for (const auto& text : described.objects) object(text, port);
      if (described.reader) reader(*described.reader, port);
      if (!product_.ports.emplace(port.name, std::move(port)).second)
        diagnostics_.error(
            "MESH1105", described.place, fmt::format("port {} stands twice", described.name),
            "two majors of a port are two products here: NAME@1 and NAME@2, each with a file of its own");
    }
    if (!odps_->status.text.empty()) status(odps_->status.text, odps_->status.place);
  }

  bool version(const Node& body) {
    const Node* node = body.find("version");
    const bool is_there = node != nullptr && !node->is_null();
    Text text;
    if (!is_there && odps_ && !odps_->version.text.empty()) {
      text = odps_->version;
    } else {
      node = needed(body, "version", what(), "version: 1.0.0", diagnostics_);
      const auto written = node == nullptr ? std::nullopt : read_scalar(*node, "version", diagnostics_);
      if (!written) return false;
      text = {*written, node->place};
    }
    const auto version = parse_version(text.text);
    if (!version) {
      diagnostics_.error("MESH1501", text.place, version.error().message, "write version: 1.0.0");
      return false;
    }
    product_.version = *version;
    product_.version_place = text.place;
    if (!major_ || *major_ == version->major) return true;
    diagnostics_.error("MESH1501", text.place,
                       fmt::format("the key says major version {}, and this is {}", *major_, text.text),
                       fmt::format("call it {}@{}", product_.name, version->major));
    return false;
  }

  void words(const Node& body) {
    if (const Node* node = body.find("status"); node != nullptr && !node->is_null()) {
      if (const auto word = read_scalar(*node, "status", diagnostics_)) status(*word, node->place);
    }
    if (const Node* node = body.find("approval"); node != nullptr && !node->is_null())
      product_.approves_all = read_word(*node, "approval", {"required", "automatic"}, diagnostics_) == "automatic";
    if (const Node* node = body.find("description"); node != nullptr && !node->is_null())
      product_.description = read_text(*node, "description", diagnostics_).value_or("");
    if (const Node* node = body.find("tags"); node != nullptr && !node->is_null()) {
      for (auto& tag : read_texts(*node, "tags", diagnostics_)) product_.tags.push_back(std::move(tag.text));
    }
  }

  void status(const std::string& word, Place place) {
    static const std::vector<std::string> kStates = {"draft", "active", "deprecated", "retired"};
    const auto it = std::find(kStates.begin(), kStates.end(), word);
    if (it != kStates.end()) {
      product_.status = static_cast<ProductStatus>(it - kStates.begin());
      return;
    }
    diagnostics_.error("MESH1301", place, fmt::format("status cannot be '{}'", word),
                       did_you_mean(word, kStates, fmt::format("it takes: {}", join(kStates, ", "))));
  }

  void ports(const Node& body) {
    if (odps_ && body.find("ports") == nullptr) return;
    const Node* all =
        needed(body, "ports", what(), "ports: {NAME: {objects: [table A.B.C], reader: A.READER}}", diagnostics_);
    if (all == nullptr || !expect_map(*all, "ports", diagnostics_)) return;
    for (const auto& [key, value] : entries(*all)) {
      const auto id = parse_port(fmt::format("x/{}@0", key.text), "x");
      if (!id || !id->port.empty()) {
        diagnostics_.error("MESH1201", key.place, fmt::format("'{}' cannot be the name of a port", key.text),
                           "letters, digits, _ and -");
      } else if (expect_map(value, "a port", diagnostics_)) {
        port(key, value);
      }
    }
  }

  void port(const Node& key, const Node& body) {
    check_keys(body, {"objects", "reader", "contract", "description"}, "a port", diagnostics_);
    Port port;
    port.name = key.text;
    port.place = key.place;
    const auto words = fmt::format("port {}", key.text);
    if (const Node* node = needed(body, "objects", words, "objects: [table A.B.C]", diagnostics_)) {
      for (const auto& text : read_texts(*node, "objects", diagnostics_)) object(text, port);
    }
    if (const Node* node = needed(body, "reader", words, "reader: DATABASE.ROLE", diagnostics_)) reader(*node, port);
    if (const Node* node = body.find("description"); node != nullptr && !node->is_null())
      port.description = read_text(*node, "description", diagnostics_).value_or("");
    if (const Node* node = body.find("contract"); node != nullptr && !node->is_null()) contract(*node, port);
    product_.ports.insert_or_assign(port.name, std::move(port));
  }

  // A contract that cannot be read leaves the port with the one that the manifest's columns are.
  void contract(const Node& node, Port& port) {
    const auto file = read_text_file(site_, "contract", node, false);
    if (!file) return;
    const auto root = yaml::parse(file->text, file->place.file, diagnostics_);
    if (!root) return;
    if (auto contract = read_odcs(*root, diagnostics_)) {
      port.contract = std::move(*contract);
      port.contract.place = file->place;
      port.contract_file = site_.build.sources.file(file->place.file).path;
    }
  }

  void object(const Text& text, Port& port) {
    const auto id = parse_address(text.text);
    if (!id) {
      diagnostics_.error("MESH1503", text.place, fmt::format("'{}' is no object of a port", text.text),
                         id.error().message);
      return;
    }
    const auto same = [&](const PortObject& other) { return other.id == *id; };
    if (std::none_of(port.objects.begin(), port.objects.end(), same)) port.objects.push_back({*id, text.place});
  }

  // A.B, or database role A.B
  void reader(const Node& node, Port& port) {
    if (const auto text = read_text(node, "reader", diagnostics_)) reader(Text{*text, node.place}, port);
  }
  void reader(const Text& written, Port& port) {
    const auto* text = &written.text;
    constexpr std::string_view kWords = "database role ";
    const bool with_words = iequals(text->substr(0, kWords.size()), kWords);
    const auto name = QualifiedName::parse(
        trim(with_words ? std::string_view(*text).substr(kWords.size()) : std::string_view(*text)));
    if (name && name->depth() == 2) {
      port.reader = ObjectId{KindId::DatabaseRole, *name};
      port.reader_place = written.place;
      return;
    }
    diagnostics_.error("MESH1503", written.place, fmt::format("'{}' cannot be a port's reader", *text),
                       name ? "a database role carries the read access: write DATABASE.ROLE" : name.error().message);
  }

  void approvals(const Node& list) {
    if (!expect_list(list, "approves", kApproval, diagnostics_)) return;
    for (const auto& item : list.items) {
      if (expect_map(item, "an approval", diagnostics_)) approval(item);
    }
  }

  void approval(const Node& item) {
    check_keys(item, {"domain", "port", "as", "until"}, "an approval", diagnostics_);
    const auto example = kApproval.substr(2);
    const Node* domain = needed(item, "domain", "an approval", example, diagnostics_);
    const Node* port = needed(item, "port", "an approval", example, diagnostics_);
    const Node* as = needed(item, "as", "an approval", example, diagnostics_);
    Approval approval;
    approval.place = item.place;
    approval.until = read_date(item, "until", diagnostics_);
    const auto name = domain == nullptr ? std::nullopt : read_text(*domain, "domain", diagnostics_);
    const auto id = port == nullptr ? std::nullopt : read_port_id(*port, product_.domain, diagnostics_);
    const auto role = as == nullptr ? std::nullopt : read_as(*as, diagnostics_);
    if (!name || !id || !role) return;
    if (id->domain != product_.domain || id->product != product_.name || id->major != product_.version.major) {
      diagnostics_.error(
          "MESH1502", port->place,
          fmt::format("{} approves for its own ports, and this is {}", product_.display(), id->display()),
          id->product == product_.name && id->domain == product_.domain
              ? fmt::format("the product is at version {}; to offer both majors, keep {}@{} and {}@{} as two products",
                            product_.version.display(), product_.name, id->major, product_.name, product_.version.major)
              : fmt::format("write port: {}@{}", product_.name, product_.version.major));
      return;
    }
    approval.domain = *name;
    approval.port = *id;
    approval.as = *role;
    approval.domain_place = domain->place;
    approval.port_place = port->place;
    approval.as_place = as->place;
    product_.approvals.push_back(std::move(approval));
  }

  void deprecation(const Node& node) {
    if (!expect_map(node, "deprecation", diagnostics_)) return;
    check_keys(node, {"announced", "end_of_support", "end_of_life", "successor"}, "deprecation", diagnostics_);
    Deprecation made;
    made.place = node.place;
    made.announced = read_date(node, "announced", diagnostics_);
    made.end_of_support = read_date(node, "end_of_support", diagnostics_);
    made.end_of_life = read_date(node, "end_of_life", diagnostics_);
    in_order("end_of_support", made.end_of_support, "announced", made.announced);
    in_order("end_of_life", made.end_of_life, "end_of_support", made.end_of_support);
    in_order("end_of_life", made.end_of_life, "announced", made.announced);
    if (const Node* successor = node.find("successor"); successor != nullptr && !successor->is_null()) {
      made.successor = read_port_id(*successor, {}, diagnostics_);
      made.successor_place = successor->place;
    }
    product_.deprecation = std::move(made);
  }

  // {name: S, accounts: [ORG.ACCOUNT]}: an object of its own, with the keys that a share has.
  void share(const Node& node) {
    if (!expect_map(node, "share", diagnostics_)) return;
    const Node* key = needed(node, "name", fmt::format("the share of {}", product_.name),
                             "share: {name: SALES_ORDERS, accounts: [ORG.ACCOUNT]}", diagnostics_);
    const auto text = key == nullptr ? std::nullopt : read_text(*key, "name", diagnostics_);
    const auto name = text ? read_name(*text, key->place, "a share", diagnostics_) : std::nullopt;
    if (!name) return;
    Node rest = node;
    const auto at = static_cast<std::ptrdiff_t>(key - node.items.data());
    rest.items.erase(rest.items.begin() + at - 1, rest.items.begin() + at + 1);
    read_object(site_, KindId::Share, *key, rest);
    product_.share = ObjectId{KindId::Share, QualifiedName({*name})};
  }

  void in_order(std::string_view later, const PlacedDate& after, std::string_view sooner, const PlacedDate& before) {
    if (after.date.empty() || before.date.empty() || before.date <= after.date) return;
    auto& error = diagnostics_.error("MESH1504", after.place,
                                     fmt::format("{} {} lies before {} {}", later, after.date, sooner, before.date),
                                     "put the dates in their order");
    error.notes.push_back({std::string(sooner), before.place});
  }

  void keep() {
    const ProductKey key{product_.domain, product_.name, product_.version.major};
    const auto place = product_.place;
    const auto [it, fresh] = site_.build.products.all.emplace(key, product_);
    if (fresh) return;
    auto& error = diagnostics_.error("MESH1105", place, fmt::format("product {} is declared twice", product_.display()),
                                     "keep one of them; two majors of a product differ in their versions");
    error.notes.push_back({"it is declared here first", it->second.place});
  }

  const Site& site_;
  const Entry& entry_;
  Diagnostics& diagnostics_;
  Product product_;
  std::optional<int64_t> major_;
  std::optional<OdpsProduct> odps_;
};

void read_request(const Site& site, const Node& item) {
  auto& diagnostics = site.diagnostics();
  if (!expect_map(item, "an entry of consumes", diagnostics)) return;
  check_keys(item, {"port", "as", "purpose", "columns", "until", "acknowledge"}, "an entry of consumes", diagnostics);
  const auto example = kRequest.substr(2);
  const Node* port = needed(item, "port", "an entry of consumes", example, diagnostics);
  const Node* as = needed(item, "as", "an entry of consumes", example, diagnostics);
  Request request;
  request.domain = site.domain.name;
  request.until = read_date(item, "until", diagnostics);
  if (const Node* purpose = item.find("purpose"); purpose != nullptr && !purpose->is_null())
    request.purpose = read_text(*purpose, "purpose", diagnostics).value_or("");
  if (const Node* columns = item.find("columns")) {
    for (const auto& text : read_texts(*columns, "columns", diagnostics)) {
      if (const auto name = read_name(text.text, text.place, "a column", diagnostics))
        request.columns.push_back({*name, text.place});
    }
  }
  if (const Node* list = item.find("acknowledge")) {
    for (auto& text : read_texts(*list, "acknowledge", diagnostics))
      request.acknowledged.emplace_back(std::move(text.text), text.place);
  }
  const auto id = port == nullptr ? std::nullopt : read_port_id(*port, {}, diagnostics);
  const auto role = as == nullptr ? std::nullopt : read_as(*as, diagnostics);
  if (!id || !role) return;
  request.port = *id;
  request.as = *role;
  request.place = item.place;
  request.port_place = port->place;
  request.as_place = as->place;
  site.build.products.requests.push_back(std::move(request));
}

}  // namespace

void read_products(const Site& site, const Node& products) {
  if (!expect_map(products, "products", site.diagnostics())) return;
  for (const auto& entry : entries(products)) ProductReader(site, entry).read();
}

void read_consumes(const Site& site, const Node& consumes) {
  if (!expect_list(consumes, "consumes", kRequest, site.diagnostics())) return;
  for (const auto& item : consumes.items) read_request(site, item);
}

}  // namespace mesh::manifest
