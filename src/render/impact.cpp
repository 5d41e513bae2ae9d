#include "mesh/render/impact.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "documents.hpp"
#include "json.hpp"
#include "mesh/base/text.hpp"

namespace mesh::render {
namespace {

std::string consumer_line(const AffectedConsumer& consumer, const Sources& sources) {
  return fmt::format("      {} {} through {}: {}\n", consumer.acknowledged ? "agreed to by" : "breaks",
                     consumer.contact.empty() ? consumer.domain : consumer.domain + " (" + consumer.contact + ")",
                     consumer.through, sources.describe(consumer.place));
}

Value consumer_record(const AffectedConsumer& consumer, const Sources& sources) {
  return ValueRecord{{"domain", consumer.domain},
                     {"contact", consumer.contact},
                     {"through", consumer.through},
                     {"until", consumer.until.empty() ? Value() : Value(consumer.until)},
                     {"acknowledged", consumer.acknowledged},
                     {"source", place_record(consumer.place, sources)}};
}

Value change_record(const PortImpact& impact, const Sources& sources) {
  ValueList columns, consumers, usage;
  for (const auto& column : impact.change.columns) columns.emplace_back(column.display());
  for (const auto& consumer : impact.consumers) consumers.push_back(consumer_record(consumer, sources));
  for (const auto& use : impact.usage) usage.push_back(ValueRecord{{"who", use.who}, {"how", use.how}});
  return ValueRecord{{"rule", impact.change.rule},
                     {"step", to_string(impact.change.step)},
                     {"port", impact.port.display()},
                     {"object", impact.change.object},
                     {"columns", std::move(columns)},
                     {"message", impact.change.message},
                     {"source", place_record(impact.change.place, sources)},
                     {"consumers", std::move(consumers)},
                     {"usage", std::move(usage)}};
}

}  // namespace

std::string impact_text(const std::vector<ProductImpact>& all, const Sources& sources) {
  if (all.empty()) return "No changes.\n";
  std::string out;
  for (const auto& product : all) {
    out += fmt::format("{}{}  {} → {}, asks for a {} step\n", out.empty() ? "" : "\n", product.product,
                       product.before.display(), product.after.display(), to_string(product.required));
    for (const auto& impact : product.changes) {
      out += fmt::format("  {:<6} {:<5}  {}  {}\n", impact.change.rule, to_string(impact.change.step),
                         impact.change.message, sources.describe(impact.change.place));
      for (const auto& consumer : impact.consumers) out += consumer_line(consumer, sources);
      for (const auto& usage : impact.usage) out += fmt::format("      the account: {} {}\n", usage.who, usage.how);
    }
  }
  return out;
}

std::string impact_json(const std::vector<ProductImpact>& all, const std::vector<Diagnostic>& findings,
                        const std::string& base, const Sources& sources) {
  ValueList products;
  for (const auto& product : all) {
    ValueList changes;
    for (const auto& impact : product.changes) changes.push_back(change_record(impact, sources));
    products.push_back(ValueRecord{{"product", product.product},
                                   {"before", product.before.display()},
                                   {"after", product.after.display()},
                                   {"required", to_string(product.required)},
                                   {"source", place_record(product.place, sources)},
                                   {"changes", std::move(changes)}});
  }
  return to_json(
      ValueRecord{{"base", base}, {"products", std::move(products)}, {"findings", findings_value(findings, sources)}});
}

}  // namespace mesh::render
