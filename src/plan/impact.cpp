// Whom the changes of contracts hit, and whether the version tells of them.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "mesh/base/text.hpp"
#include "mesh/plan/compatibility.hpp"
#include "mesh/sql/references.hpp"
#include "mesh/sql/token.hpp"

namespace mesh {
namespace {

// The step between two versions of one major; of 0.x a minor may break.
Step declared_step(const Version& before, const Version& after) {
  if (after.major != before.major) return Step::Major;
  if (after.minor > before.minor) return after.major == 0 ? Step::Major : Step::Minor;
  return after.patch > before.patch || after != before ? Step::Patch : Step::None;
}

// "CON-03", "CON-03 FAX", "CON-03 ORDERS", "CON-03 ORDERS.FAX"
bool acknowledges(const std::string& written, const ContractChange& change) {
  const auto words = split(std::string(trim(written)), ' ');
  if (words.empty() || !iequals(words.front(), change.rule)) return false;
  const auto what =
      std::string(trim(std::string_view(written).substr(written.find(words.front()) + words.front().size())));
  if (what.empty() || iequals(what, change.object)) return true;
  if (change.columns.empty()) return false;
  const auto column = change.columns.front().display();
  return iequals(what, column) || iequals(what, change.object + "." + column);
}

// Where the consumer says that it uses what changed; nothing: it does not.
std::optional<Place> use_of(const Request& request, const ContractChange& change, const Port& before) {
  if (request.columns.empty()) return request.place;
  const auto uses = [&](const auto& is_it) -> std::optional<Place> {
    const auto it = std::find_if(request.columns.begin(), request.columns.end(),
                                 [&](const UsedColumn& column) { return is_it(column.name); });
    return it == request.columns.end() ? std::nullopt : std::optional(it->place);
  };
  if (!change.columns.empty()) {
    return uses([&](const Name& name) {
      return std::find(change.columns.begin(), change.columns.end(), name) != change.columns.end();
    });
  }
  if (change.object.empty()) return request.place;
  for (const auto& object : before.contract.objects) {
    if (object.name.last().display() != change.object) continue;
    if (!object.columns_known) return request.place;
    return uses([&](const Name& name) { return object.find(name) != nullptr; });
  }
  return request.place;
}

std::string contact_of(const Mesh& mesh, const std::string& name) {
  const Domain* domain = mesh.find(name);
  if (domain == nullptr) return name;
  return domain->team_email.empty() ? domain->team : domain->team_email;
}

bool is_acknowledged(const Products& products, const std::string& domain, const PortId& port,
                     const ContractChange& change) {
  return std::any_of(products.requests.begin(), products.requests.end(), [&](const Request& request) {
    const auto& written = request.acknowledged;
    return request.domain == domain && request.port == port &&
           std::any_of(written.begin(), written.end(),
                       [&](const auto& each) { return acknowledges(each.first, change); });
  });
}

// A query of another domain, by the names of what it reads and of everything that could be a column.
struct Query {
  const Object* object = nullptr;
  Place place;
  std::set<QualifiedName> reads;  // as manifests write them
  std::set<Name> words;
  bool takes_all = false;  // SELECT *
};

Query query_of(const Mesh& mesh, const Object& object, const SqlText& text) {
  Query query{&object, text.place, {}, {}, false};
  for (const auto& reference : sql::find_references(text.text)) {
    if (reference.is_function || reference.is_stage) continue;
    const ObjectId id{KindId::Table, sql::full_name(reference.name, object.id.name)};
    query.reads.insert(mesh.as_written(id).name);
  }
  const auto tokens = sql::tokenize(text.text);
  if (!tokens) return query.takes_all = true, query;
  std::string before;
  for (const auto& token : *tokens) {
    const auto written = token.in(text.text);
    const bool is_name = token.type == sql::TokenType::Word || token.type == sql::TokenType::QuotedName;
    if (is_name) {
      if (const auto name = Name::parse(written)) query.words.insert(*name);
    }
    query.takes_all |= written == "*" && (iequals(before, "select") || before == "." || before == ",");
    before = std::string(written);
  }
  return query;
}

// Those of the whole mesh, read once where something breaks.
class Queries {
 public:
  Queries(const Mesh& mesh, const State& desired) : mesh_(mesh), desired_(desired) {}

  // Of other domains than the port's, that read the object and the column (none: any).
  std::vector<const Query*> using_it(const QualifiedName& object, const std::vector<Name>& columns,
                                     const std::string& provider) {
    std::vector<const Query*> all;
    for (const auto& query : read()) {
      if (query.object->domain == provider || query.reads.count(object) == 0) continue;
      const bool named = std::any_of(columns.begin(), columns.end(),
                                     [&, &words = query.words](const Name& name) { return words.count(name) > 0; });
      if (columns.empty() || named || query.takes_all) all.push_back(&query);
    }
    return all;
  }

 private:
  const std::vector<Query>& read() {
    if (is_read_) return queries_;
    is_read_ = true;
    for (const auto& [id, object] : desired_.objects) {
      const SqlText* text = object.text("query");
      if (text != nullptr) queries_.push_back(query_of(mesh_, object, *text));
    }
    return queries_;
  }

  const Mesh& mesh_;
  const State& desired_;
  std::vector<Query> queries_;
  bool is_read_ = false;
};

// Who breaks by a change: agreements whose columns are hit, and queries of other domains.
class Hits {
 public:
  Hits(const Mesh& mesh, const Products& products, const State& desired, const std::string& date)
      : mesh_(mesh), products_(products), agreements_(agreements(products, date)), queries_(mesh, desired) {}

  std::vector<AffectedConsumer> of(const PortId& port, const ContractChange& change, const Port& before) {
    std::vector<AffectedConsumer> consumers;
    for (const auto& agreement : agreements_) {
      if (!agreement.in_force() || agreement.port != port) continue;
      const auto place = use_of(*agreement.request, change, before);
      if (place)
        add(consumers, agreement.consumer, mesh_.as_written(agreement.as).display(), agreement.until, *place, port,
            change);
    }
    for (const auto& object : before.contract.objects) {
      if (change.object.empty() || object.name.last().display() != change.object) continue;
      for (const Query* query : queries_.using_it(object.name, change.columns, port.domain)) {
        add(consumers, query->object->domain, mesh_.as_written(query->object->id).address(), {}, query->place, port,
            change);
      }
    }
    return consumers;
  }

 private:
  void add(std::vector<AffectedConsumer>& out, const std::string& domain, std::string through, std::string until,
           Place place, const PortId& port, const ContractChange& change) const {
    out.push_back({domain, contact_of(mesh_, domain), std::move(through), std::move(until), place,
                   is_acknowledged(products_, domain, port, change)});
  }

  const Mesh& mesh_;
  const Products& products_;
  std::vector<Agreement> agreements_;
  Queries queries_;
};

bool is_open(const Product& product) {
  return product.status == ProductStatus::Active || product.status == ProductStatus::Deprecated;
}

std::string next_version(const Version& before, Step step) {
  switch (step) {
    case Step::Major:
      return before.major == 0 ? fmt::format("0.{}.0", before.minor + 1) : fmt::format("{}.0.0", before.major + 1);
    case Step::Minor:
      return fmt::format("{}.{}.0", before.major, before.minor + 1);
    case Step::Patch:
    case Step::None:
      break;
  }
  return fmt::format("{}.{}.{}", before.major, before.minor, before.patch + 1);
}

// Nobody can agree to it in the name of what no manifest knows: a warning.
void unknown_uses(const PortImpact& impact, std::vector<Diagnostic>& out) {
  const auto& change = impact.change;
  Diagnostic warning{Severity::Warning,
                     "MESH1533",
                     {},
                     "talk to whom it belongs to; or publish a new major version beside this one",
                     impact.port.display(),
                     change.place,
                     {}};
  std::vector<std::string> uses;
  for (const auto& usage : impact.usage) uses.push_back(usage.who + " " + usage.how);
  warning.summary = fmt::format("{} [{}]: the account tells of a use that is declared nowhere: {}", change.message,
                                change.rule, join(uses, "; "));
  out.push_back(std::move(warning));
}

void breaks(const PortImpact& impact, std::vector<Diagnostic>& out) {
  const auto& change = impact.change;
  std::vector<const AffectedConsumer*> open;
  for (const auto& consumer : impact.consumers) {
    if (!consumer.acknowledged) open.push_back(&consumer);
  }
  if (!impact.usage.empty()) unknown_uses(impact, out);
  if (open.empty()) {
    if (impact.consumers.empty() && impact.usage.empty()) {
      out.push_back({Severity::Warning,
                     "MESH1532",
                     fmt::format("{} [{}]: no consumer in force uses it", change.message, change.rule),
                     "publish it as a new major version all the same: those to come read the old contract",
                     impact.port.display(),
                     change.place,
                     {}});
    }
    return;
  }
  Diagnostic error{Severity::Error, "MESH1530", {}, {}, impact.port.display(), change.place, {}};
  std::vector<std::string> names;
  for (const auto* consumer : open) {
    const auto who =
        consumer->contact.empty() ? consumer->domain : fmt::format("{} ({})", consumer->domain, consumer->contact);
    if (std::find(names.begin(), names.end(), who) == names.end()) names.push_back(who);
    error.notes.push_back({fmt::format("{} uses it through {}{}", consumer->domain, consumer->through,
                                       consumer->until.empty() ? "" : " through " + consumer->until),
                           consumer->place});
  }
  error.summary = fmt::format("{} [{}]: this breaks {}", change.message, change.rule, join(names, ", "));
  error.help = fmt::format("publish it as {}/{}@{} beside this one; or the consumer writes acknowledge: [{}]",
                           impact.port.domain, impact.port.product, impact.port.major + 1, change.acknowledgement());
  out.push_back(std::move(error));
}

void version(const ProductImpact& impact, std::vector<Diagnostic>& out) {
  const auto declared = declared_step(impact.before, impact.after);
  if (declared >= impact.required) return;
  const auto largest = std::max_element(impact.changes.begin(), impact.changes.end(),
                                        [](const auto& a, const auto& b) { return a.change.step < b.change.step; });
  // A breaking change that all agreed to, or nobody uses, stays in its major: the largest step there is within it.
  const auto within = impact.required == Step::Major && impact.before.major > 0 ? Step::Minor : impact.required;
  if (declared >= within) return;
  out.push_back(
      {impact.required == Step::Patch ? Severity::Warning : Severity::Error,
       "MESH1531",
       fmt::format("{} is at version {}, and {} [{}] asks for a {} step", impact.product, impact.after.display(),
                   largest->change.message, largest->change.rule, to_string(impact.required)),
       fmt::format("write version: {}", next_version(impact.before, within)),
       impact.product,
       impact.place,
       {}});
}

}  // namespace

std::vector<ProductImpact> impacts(const Mesh& mesh, const Products& before, const Products& after,
                                   const State& desired, const std::string& date) {
  std::vector<ProductImpact> all;
  Hits hits(mesh, after, desired, date);
  for (const auto& [key, product] : after.all) {
    const auto old = before.all.find(key);
    if (old == before.all.end() || !is_open(old->second) || !is_open(product)) continue;
    ProductImpact impact{
        key.domain, product.display(), old->second.version, product.version, Step::None, product.version_place, {}};
    for (const auto& [name, port] : old->second.ports) {
      const auto now = product.ports.find(name);
      if (now == product.ports.end()) continue;  // whoever asks for it finds no such port: that is an error already
      const PortId id{key.domain, key.product, name, key.major};
      for (auto& change : compare(port.contract, now->second.contract)) {
        if (!change.place.known()) change.place = now->second.place;
        impact.required = std::max(impact.required, change.step);
        PortImpact made{std::move(change), id, {}, {}};
        for (const auto& object : port.contract.objects) {
          const bool is_it = made.change.object.empty() || object.name.last().display() == made.change.object;
          if (is_it && object.name.depth() == 3) made.objects.push_back(object.name);
        }
        if (made.change.step == Step::Major) made.consumers = hits.of(id, made.change, port);
        impact.changes.push_back(std::move(made));
      }
    }
    if (!impact.changes.empty() || impact.before != impact.after) all.push_back(std::move(impact));
  }
  return all;
}

std::vector<Diagnostic> impact_findings(const std::vector<ProductImpact>& all) {
  std::vector<Diagnostic> findings;
  for (const auto& impact : all) {
    for (const auto& change : impact.changes) {
      if (change.change.step == Step::Major) breaks(change, findings);
    }
    version(impact, findings);
  }
  return findings;
}

}  // namespace mesh
