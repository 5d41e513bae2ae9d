#include "documents.hpp"

#include <algorithm>

#include "json.hpp"
#include "mesh/base/text.hpp"
#include "words.hpp"

namespace mesh::render {
namespace {

constexpr const char* kFormatVersion = "1.0";

template <typename Items, typename ToValue>
Value list_of(const Items& items, ToValue to_value) {
  ValueList list;
  for (const auto& item : items) list.push_back(to_value(item));
  return Value(std::move(list));
}

Value texts(const std::vector<std::string>& items) {
  return list_of(items, [](const std::string& text) { return Value(text); });
}

Value text_or_null(const std::string& text) { return text.empty() ? Value() : Value(text); }

// A field that is there only when it has something to say.
void add_text(ValueRecord& record, const char* key, const std::string& text) {
  if (!text.empty()) record.emplace_back(key, text);
}

Value summary_record(const Summary& s) {
  return ValueRecord{{"create", s.create}, {"update", s.update}, {"rename", s.rename}, {"replace", s.replace},
                     {"drop", s.drop},     {"grant", s.grant},   {"revoke", s.revoke}, {"set", s.set},
                     {"unset", s.unset},   {"adopt", s.adopt},   {"forget", s.forget}};
}

Value diff_record(const DiffLine& line, const Sources& sources) {
  ValueRecord record{{"property", line.property}, {"before", line.before}, {"after", line.after}};
  add_text(record, "cost", line.cost);
  if (line.origin.known()) record.emplace_back("source", place_record(line.origin, sources));
  return record;
}

Value statement_record(const Statement& statement) {
  return ValueRecord{{"sql", statement.sql}, {"role", text_or_null(statement.role)}};
}

// `pending`: nullptr where no base was asked for.
Value change_record(const Change& change, const Sources& sources, const bool* pending) {
  ValueRecord record{{"address", change.address},
                     {"kind", change.kind},
                     {"name", change.name},
                     {"domain", change.domain},
                     {"action", to_string(change.action)},
                     {"risk", to_string(change.risk)},
                     {"reason", reason_words(change)},
                     {"source", place_record(change.place, sources)},
                     {"diff", list_of(change.diff, [&](const DiffLine& line) { return diff_record(line, sources); })},
                     {"statements", list_of(change.statements, statement_record)}};
  add_text(record, "cost", change.cost);
  add_text(record, "product", change.product);
  add_text(record, "account", change.account);
  if (pending != nullptr) record.emplace_back("pending", *pending);
  return record;
}

Value product_record(const PlannedProduct& product, const Sources& sources) {
  return ValueRecord{{"product", product.product},
                     {"version", product.version},
                     {"status", product.status},
                     {"source", place_record(product.place, sources)}};
}

Value access_record(const AccessChange& change) {
  return ValueRecord{{"change", change.added ? "+" : "-"},
                     {"who", change.who},
                     {"privilege", change.privilege},
                     {"object", change.object},
                     {"via", texts(change.via)}};
}

Value readers_record(const ReadersChange& readers) {
  return ValueRecord{{"column", readers.column},
                     {"before", readers.before},
                     {"after", readers.after},
                     {"gained", texts(readers.gained)},
                     {"lost", texts(readers.lost)}};
}

Value waiting_record(const WaitingItem& item, const Sources& sources) {
  return ValueRecord{{"address", item.address}, {"needs", item.needs}, {"source", place_record(item.place, sources)}};
}

Value finding_record(const Diagnostic& finding, const Sources& sources) {
  ValueRecord record{{"rule", finding.code},
                     {"level", to_string(finding.severity)},
                     {"address", finding.address},
                     {"message", finding.summary},
                     {"source", place_record(finding.place, sources)}};
  add_text(record, "help", finding.help);
  if (!finding.notes.empty()) {
    record.emplace_back(
        "notes", list_of(finding.notes, [&](const DiagnosticNote& note) {
          return Value(ValueRecord{{"message", note.text}, {"source", place_record(note.place, sources)}});
        }));
  }
  return record;
}

Value refusal_record(const Refusal& refusal, const Sources& sources) {
  return ValueRecord{{"address", refusal.address},
                     {"code", refusal.code},
                     {"message", refusal.message},
                     {"ways_out", refusal.ways_out},
                     {"source", place_record(refusal.place, sources)}};
}

Value unmanaged_record(const Unmanaged& item) {
  ValueRecord record{{"address", item.address}, {"what", item.what}, {"domain", item.domain}};
  add_text(record, "account", item.account);
  return record;
}

Value unplanned_record(const Unplanned& account) {
  return ValueRecord{{"account", account.account}, {"domains", texts(account.domains)}, {"why", account.why}};
}

Value outcome_record(const Outcome& outcome, const Sources& sources) {
  return ValueRecord{{"address", outcome.address},           {"sql", outcome.sql},
                     {"status", to_string(outcome.status)},  {"query_id", text_or_null(outcome.query_id)},
                     {"error", text_or_null(outcome.error)}, {"source", place_record(outcome.place, sources)}};
}

// In the order of execution; what was pending at --base says so.
Value change_records(const Plan& plan, const Sources& sources) {
  ValueList records;
  for (size_t i = 0; i < plan.changes.size(); ++i) {
    const bool pending = plan.pending.count(i) > 0;
    records.push_back(change_record(plan.changes[i], sources, plan.base.empty() ? nullptr : &pending));
  }
  return records;
}

template <typename Items, typename ToValue>
Value placed_list(const Items& items, const Sources& sources, ToValue to_value) {
  return list_of(items, [&](const auto& item) { return to_value(item, sources); });
}

}  // namespace

Value place_record(const Place& place, const Sources& sources) {
  if (!place.known() || place.file >= sources.size()) return ValueRecord{};
  return ValueRecord{{"file", sources.file(place.file).path},
                     {"line", place.line},
                     {"column", static_cast<int>(sources.column(place))}};
}

Value plan_record(const Plan& plan, const Sources& sources) {
  ValueRecord reads{{"statements", plan.statements_read}};
  add_text(reads, "recorded", plan.state_age);
  ValueRecord record{
      {"format_version", kFormatVersion},
      {"mesh", plan.mesh},
      {"environment", plan.environment},
      {"account", plan.account},
      {"date", plan.date},
      {"domains", texts(plan.domains)},
      {"summary", summary_record(summarise(plan))},
      {"changes", change_records(plan, sources)},
      {"access", list_of(plan.access, access_record)},
      {"waiting", placed_list(plan.waiting, sources, waiting_record)},
      {"findings", placed_list(plan.findings, sources, finding_record)},
      {"refused", placed_list(plan.refused, sources, refusal_record)},
      {"unmanaged", list_of(plan.unmanaged, unmanaged_record)},
      {"vanished", list_of(plan.vanished,
                           [](const std::string& address) {
                             return Value(ValueRecord{{"address", address}});
                           })},
      {"reads", reads},
      {"fingerprint", plan.fingerprint},
      {"role", text_or_null(plan.as_role)},
  };
  if (plan.accounts.size() > 1) record.emplace_back("accounts", texts(plan.accounts));
  if (!plan.unplanned.empty()) record.emplace_back("not_planned", list_of(plan.unplanned, unplanned_record));
  if (!plan.readers.empty()) record.emplace_back("readers", list_of(plan.readers, readers_record));
  if (!plan.products.empty()) record.emplace_back("products", placed_list(plan.products, sources, product_record));
  return record;
}

std::string plan_json(const Plan& plan, const Sources& sources) { return to_json(plan_record(plan, sources)); }

Value findings_value(const std::vector<Diagnostic>& findings, const Sources& sources) {
  return placed_list(findings, sources, finding_record);
}

std::string findings_json(const std::vector<Diagnostic>& findings, const Sources& sources) {
  return to_json(ValueRecord{{"findings", findings_value(findings, sources)}});
}

std::string apply_json(const Plan& plan, const std::vector<Outcome>& outcomes, const Sources& sources) {
  return to_json(
      ValueRecord{{"plan", plan_record(plan, sources)}, {"outcomes", placed_list(outcomes, sources, outcome_record)}});
}

}  // namespace mesh::render
