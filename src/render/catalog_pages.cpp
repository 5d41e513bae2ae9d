#include "catalog_pages.hpp"

#include <array>

#include <fmt/format.h>

#include "catalog_layout.hpp"
#include "catalog_picture.hpp"
#include "mesh/base/text.hpp"

namespace mesh::render::catalog {
namespace {

std::vector<std::pair<std::string, std::string>> above(const Facts& facts, const std::string& domain = {},
                                                       const Product* product = nullptr) {
  std::vector<std::pair<std::string, std::string>> pages{{facts.view.mesh.name, kIndexPage}};
  if (!domain.empty()) pages.emplace_back(domain, page_of_domain(domain));
  if (product != nullptr) pages.emplace_back(product->display(), page_of(*product));
  return pages;
}

std::string percent(const Share& share) {
  return share.all == 0 ? "-" : fmt::format("{} % ({} of {})", share.of * 100 / share.all, share.of, share.all);
}

std::string counted(size_t number, const char* one, const char* many) {
  return fmt::format("{} {}", number, number == 1 ? one : many);
}

void description(Page& page, const std::string& text) {
  if (!text.empty()) page.out().element("p", text).line();
}

struct ScoreRow {
  const char* words;
  Share Score::*share;
};
constexpr ScoreRow kScore[] = {{"Products with an owner one can reach", &Score::owner},
                               {"Products with a description", &Score::description},
                               {"Products whose ports have written contracts", &Score::contract},
                               {"Columns with a description", &Score::columns_described},
                               {"Columns with a class or tag", &Score::columns_classified}};

void scorecard(Page& page, const Score& score) {
  page.heading("Scorecard");
  page.table("Scorecard", {"What", "Share"});
  for (const auto& row : kScore) {
    const Share& share = score.*row.share;
    auto& out = page.out();
    out.open("tr").element("td", row.words).open("td").text(percent(share) + " ");
    if (share.all > 0) {
      out.open("meter").attribute("min", 0).attribute("max", static_cast<int>(share.all));
      out.attribute("value", static_cast<int>(share.of))
          .attribute("aria-label", row.words)
          .text(percent(share))
          .close();
    }
    out.close().close().line();
  }
  page.end_table();
}

void product_list(Page& page, const std::vector<const Product*>& products) {
  auto& out = page.out();
  out.open("ul").attribute("class", "cards").line();
  for (const Product* product : products) {
    out.open("li").link(page.to(page_of(*product)), product->display()).text(" ");
    out.open("span").attribute("class", std::string("badge ") + to_string(product->status));
    out.text(to_string(product->status)).close();
    if (!product->description.empty()) out.element("p", product->description);
    out.close().line();
  }
  out.close().line();
}

// Where there are more, the search and the domains lead to them.
constexpr size_t kMostOnIndex = 100;

void all_products(Page& page, const Facts& facts) {
  std::vector<const Product*> all;
  for (const auto& [key, product] : facts.view.products.all) all.push_back(&product);
  if (all.empty() || all.size() > kMostOnIndex) return;
  page.heading("Products");
  product_list(page, all);
}

// --- a port

std::string type_of(const ContractColumn& column) {
  return column.type ? column.type->to_string() : column.logical_type;
}

// Key, uniqueness and what else is promised of a column's values.
std::string promises(const ContractColumn& column) {
  std::vector<std::string> words;
  if (column.key_position > 0) words.emplace_back("primary key");
  if (column.unique) words.emplace_back("unique");
  if (!column.references.empty()) words.push_back("refers to " + column.references);
  if (!column.allowed_values.empty()) words.push_back("one of " + join(column.allowed_values, ", "));
  for (const auto& [name, promise] : column.options) words.push_back(name + " " + promise.value);
  for (const auto& [name, promise] : column.quality) words.push_back(name + " " + promise.value);
  return join(words, "; ");
}

void tags(html::Writer& out, const std::vector<std::string>& names) {
  for (const auto& name : names) out.open("span").attribute("class", "tag").text(name).close().text(" ");
}

void classes(html::Writer& out, const std::vector<std::string>& names, const ContractColumn& column) {
  out.open("td");
  tags(out, names);
  if (!column.masking.empty()) out.text("masked by " + column.masking);
  out.close();
}

// A view that does not say its columns: those its query gives, and what is known of their sources. False: none are
// known.
bool query_columns(Page& page, const Facts& facts, const ObjectId& id) {
  const auto& columns = facts.lineage.columns(id);
  if (columns.empty()) return false;
  auto& out = page.out();
  out.element("p", "The columns its query gives:").line();
  page.table("Columns of " + id.name.display(), {"Column", "Made of", "Class of what it is made of"});
  for (const auto& column : columns) {
    std::vector<std::string> from;
    for (const auto& link : facts.lineage.links(id)) {
      if (link.column == column) from.push_back(link.source.name.child(link.source_column).display());
    }
    out.open("tr").open("td").element("code", column.display()).close().element("td", join(from, ", ")).open("td");
    tags(out, facts.source_classes(id, column));
    out.close().close().line();
  }
  page.end_table();
  return true;
}

void contract_object(Page& page, const Facts& facts, const ContractObject& object, const PortOf& port) {
  auto& out = page.out();
  out.element("h3", fmt::format("{}{}{}", object.kind, object.kind.empty() ? "" : " ", object.name.display())).line();
  description(page, object.description);
  if (!object.row_access.empty())
    out.element("p", fmt::format("Rows are filtered by {}: who reads may see fewer.", object.row_access)).line();
  if (!object.columns.empty()) {
    page.table("Columns of " + object.name.display(), {"Column", "Type", "Empty?", "Class", "Description", "Promises"});
    for (const auto& column : object.columns) {
      out.open("tr").open("td").element("code", column.name.display()).close().element("td", type_of(column));
      out.element("td", column.required ? "never" : "may be");
      classes(out, facts.classes(port, object, column), column);
      out.open("td").attribute("class", "words").text(column.description).close();
      out.element("td", promises(column)).close().line();
    }
    page.end_table();
    return;
  }
  for (const auto& published : port.port->objects) {
    if (published.id.name.last() == object.name.last() && query_columns(page, facts, published.id)) return;
  }
  out.element("p", "Its columns are written down nowhere.").line();
}

void contract(Page& page, const Facts& facts, const PortOf& port) {
  const auto& contract = port.port->contract;
  page.heading("Contract");
  page.out().element(
      "p", contract.derived ? std::string("What the manifests declare.") : "From " + port.port->contract_file + ".");
  page.out().line();
  if (!contract.derived) description(page, contract.description);
  for (const auto& object : contract.objects) contract_object(page, facts, object, port);
  if (contract.service_levels.empty()) return;
  page.heading("Service levels");
  page.table("Service levels", {"What", "Promise"});
  for (const auto& [name, promise] : contract.service_levels)
    page.row({name, promise.unit.empty() ? promise.value : promise.value + " " + promise.unit});
  page.end_table();
}

std::string columns_of(const Agreement& agreement) {
  if (agreement.request == nullptr || agreement.request->columns.empty()) return "all";
  std::vector<std::string> names;
  for (const auto& column : agreement.request->columns) names.push_back(column.name.display());
  return join(names, ", ");
}

void consumers(Page& page, const Facts& facts, const PortOf& port) {
  const auto& all = facts.agreements_of(port);
  for (const bool in_force : {true, false}) {
    page.heading(in_force ? "Who reads it" : "Requests and agreements not in force");
    std::vector<const Agreement*> shown;
    for (const auto& agreement : all) {
      if (agreement.in_force() == in_force) shown.push_back(&agreement);
    }
    if (shown.empty()) {
      page.out().element("p", in_force ? "Nobody yet." : "None.").line();
      continue;
    }
    page.table(in_force ? "Consumers" : "Requests", {"Domain", "As", "State", "Until", "What for", "Columns"});
    for (const Agreement* agreement : shown) {
      auto& out = page.out();
      out.open("tr").open("td");
      if (facts.products.count(agreement->consumer) > 0) {
        out.link(page.to(page_of_domain(agreement->consumer)), agreement->consumer);
      } else {
        out.text(agreement->consumer);
      }
      out.close().element("td", agreement->as.display()).element("td", to_string(agreement->state));
      out.element("td", agreement->until.empty() ? "no end" : agreement->until);
      out.open("td").attribute("class", "words");
      out.text(agreement->request == nullptr ? std::string() : agreement->request->purpose).close();
      out.element("td", columns_of(*agreement)).close().line();
    }
    page.end_table();
  }
}

constexpr int kDaysOfAccess = 365;

void access(Page& page, const Facts& facts, const PortOf& port) {
  const auto& product = *port.product;
  page.heading("How to get access");
  auto& out = page.out();
  if (product.status == ProductStatus::Draft || product.status == ProductStatus::Retired) {
    out.element("p", fmt::format("Nobody is let in: the product is {}.", to_string(product.status))).line();
    return;
  }
  out.element("p", product.approves_all ? "Whoever asks is let in. Put this into a manifest of your domain:"
                                        : "Put this into a manifest of your domain; its owner is asked to approve it:")
      .line();
  page.code(
      fmt::format("consumes:\n  - port: {}\n    as: role YOUR_ROLE\n    purpose: what you use it for\n    until: {}\n",
                  title_of(port), days_after(facts.view.date, kDaysOfAccess)));
  out.element("p", "or let mesh write it:").line();
  page.code(fmt::format("mesh -d YOUR_DOMAIN new access {} --as YOUR_ROLE\n", title_of(port)));
}

bool can_be_queried(const ObjectId& id) {
  return id.kind != KindId::Function && id.kind != KindId::Procedure && id.kind != KindId::Stage &&
         id.kind != KindId::Sequence && id.kind != KindId::FileFormat;
}

void sample(Page& page, const Facts& facts, const PortOf& port) {
  constexpr size_t kMostColumns = 12;
  std::string text;
  for (const auto& object : port.port->objects) {
    if (!can_be_queried(object.id)) continue;
    std::vector<std::string> names;
    for (const auto& name : facts.lineage.columns(object.id)) names.push_back(name.display());
    if (names.size() > kMostColumns) names.resize(kMostColumns);
    text += fmt::format("SELECT {}\nFROM {}\nLIMIT 100;\n", names.empty() ? "*" : join(names, ", "),
                        object.id.name.display());
  }
  if (text.empty()) return;
  page.heading("Try it");
  page.code(text);
}

std::string bytes_words(int64_t bytes) {
  constexpr std::array<const char*, 5> kUnits = {"bytes", "KB", "MB", "GB", "TB"};
  auto size = static_cast<double>(bytes);
  size_t unit = 0;
  while (size >= 1024 && unit + 1 < kUnits.size()) size /= 1024, ++unit;
  return unit == 0 ? fmt::format("{} bytes", bytes) : fmt::format("{:.1f} {}", size, kUnits[unit]);
}

// What the account says of the port's objects.
void live_objects(Page& page, const Facts& facts, const PortOf& port) {
  const auto* live = facts.view.live;
  if (live == nullptr) return;
  page.heading("In the account");
  page.table("In the account", {"Object", "There?", "Rows", "Size", "Last changed"});
  for (const auto& object : port.port->objects) {
    const auto found = live->objects.find(object.id);
    const LiveObject said = found == live->objects.end() ? LiveObject() : found->second;
    page.row({object.id.address(), said.seen ? "yes" : "not seen", said.rows ? with_thousands(*said.rows) : "-",
              said.bytes ? bytes_words(*said.bytes) : "-", said.altered.empty() ? "-" : said.altered});
  }
  page.end_table();
}

void versions(Page& page, const Facts& facts, const Product& product) {
  page.heading("Versions");
  auto& out = page.out();
  out.open("ul").line();
  for (const Product* other : facts.products.at(product.domain)) {
    if (other->name != product.name) continue;
    out.open("li");
    if (other == &product) {
      out.text(fmt::format("{}, this one", other->version.display()));
    } else {
      out.link(page.to(page_of(*other)), fmt::format("{} ({})", other->version.display(), to_string(other->status)));
    }
    out.close().line();
  }
  out.close().line();
}

void product_facts(Page& page, const Facts& facts, const Product& product) {
  if (const Domain* domain = facts.view.mesh.find(product.domain)) page.owner(*domain);
  page.fact("Approval", product.approves_all ? "automatic" : "by the owner");
  page.fact("Tags", join(product.tags, ", "));
  page.last_run(product.domain);
  page.fact("Written in", facts.view.sources.describe(product.place));
}

}  // namespace

std::string index_page(const Facts& facts) {
  Page page(facts, kIndexPage, facts.view.mesh.name + ": data products", {});
  auto& out = page.out();
  out.open("form").attribute("class", "search").attribute("role", "search").line();
  out.open("label").attribute("for", "search").text("Search products, columns, owners and tags").close().line();
  out.open("input").attribute("type", "search").attribute("id", "search").attribute("autocomplete", "off");
  out.attribute("aria-describedby", "hint").close().line();
  out.open("p").attribute("id", "hint").attribute("class", "dim");
  out.text("All words must be found. Arrow keys go through what is found, / comes back here.").close().line();
  out.close().line();
  out.open("p").attribute("id", "status").attribute("role", "status").close().line();
  out.open("ul").attribute("id", "results").attribute("aria-label", "Found").close().line();
  out.open("noscript").element("p", "Searching needs scripts; everything is also reached from the domains.").close();
  out.line();
  page.heading("Domains");
  page.table("Domains", {"Domain", "What it offers", "Team", "Products", "Described columns"});
  for (const auto& domain : facts.view.mesh.domains) {
    const auto& products = facts.products.at(domain.name);
    out.open("tr").open("td").link(page.to(page_of_domain(domain.name)), domain.name).close();
    out.open("td").attribute("class", "words").text(domain.description).close().element("td", domain.team);
    out.element("td", std::to_string(products.size()));
    out.element("td", percent(facts.score(domain.name).columns_described)).close().line();
  }
  page.end_table();
  all_products(page, facts);
  return page.end(true);
}

std::string domain_page(const Facts& facts, const Domain& domain) {
  Page page(facts, page_of_domain(domain.name), domain.name, above(facts));
  description(page, domain.description);
  auto& out = page.out();
  const auto& products = facts.products.at(domain.name);
  out.open("dl").attribute("class", "facts").line().element("dt", "Team").open("dd").text(domain.team);
  if (!domain.team_email.empty()) out.text(", ").link(html::Url::mail(domain.team_email), domain.team_email);
  out.close();
  page.fact("Folder", domain.path);
  page.fact("Owns", join(domain.owns, ", "));
  page.fact("Publishes", counted(products.size(), "product", "products"));
  page.last_run(domain.name);
  out.close().line();
  page.heading("Products");
  if (products.empty()) out.element("p", "None yet.").line();
  if (!products.empty()) product_list(page, products);
  scorecard(page, facts.score(domain.name));
  page.heading("Reads from others");
  bool any = false;
  for (const auto& request : facts.view.products.requests) {
    if (request.domain != domain.name) continue;
    const Product* product = facts.view.products.find(request.port);
    const Port* port = product == nullptr ? nullptr : product->find_port(request.port.port);
    if (port == nullptr) continue;
    if (!any) out.open("ul").line();
    any = true;
    out.open("li").link(page.to(page_of(PortOf{product, port})), title_of({product, port}));
    out.text(fmt::format(" as {}{}{}", request.as.display(), request.purpose.empty() ? "" : ": ", request.purpose));
    out.close().line();
  }
  any ? void(out.close().line()) : void(out.element("p", "Nothing yet.").line());
  return page.end();
}

std::string product_page(const Facts& facts, const Product& product) {
  Page page(facts, page_of(product), product.display(), above(facts, product.domain));
  page.status(product);
  page.deprecation(product);
  description(page, product.description);
  auto& out = page.out();
  out.open("dl").attribute("class", "facts").line();
  product_facts(page, facts, product);
  out.close().line();
  page.heading("Ports");
  out.open("ul").attribute("class", "cards").line();
  for (const auto& [name, port] : product.ports) {
    std::vector<std::string> objects;
    for (const auto& object : port.objects) objects.push_back(object.id.address());
    out.open("li").link(page.to(page_of(PortOf{&product, &port})), title_of({&product, &port}));
    if (!port.description.empty()) out.element("p", port.description);
    out.open("p").attribute("class", "dim").text(join(objects, ", ")).close();
    size_t readers = 0;
    for (const auto& agreement : facts.agreements_of({&product, &port})) readers += agreement.in_force() ? 1 : 0;
    out.open("p").attribute("class", "dim").text("Read by " + counted(readers, "role", "roles")).close();
    out.close().line();
  }
  out.close().line();
  versions(page, facts, product);
  return page.end();
}

std::string port_page(const Facts& facts, const PortOf& port) {
  const auto& product = *port.product;
  Page page(facts, page_of(port), title_of(port), above(facts, product.domain, &product), "port " + port.port->name);
  page.status(product);
  page.deprecation(product);
  description(page, port.port->description.empty() ? product.description : port.port->description);
  auto& out = page.out();
  out.open("dl").attribute("class", "facts").line();
  product_facts(page, facts, product);
  std::vector<std::string> objects;
  for (const auto& object : port.port->objects) objects.push_back(object.id.address());
  page.fact("Objects", join(objects, ", "));
  if (port.port->reader) page.fact("Read through", port.port->reader->address());
  out.close().line();
  live_objects(page, facts, port);
  access(page, facts, port);
  sample(page, facts, port);
  contract(page, facts, port);
  page.heading("Lineage");
  write_picture(out, facts, port, page.path());
  write_lineage_table(out, facts, port);
  consumers(page, facts, port);
  versions(page, facts, product);
  return page.end();
}

}  // namespace mesh::render::catalog
