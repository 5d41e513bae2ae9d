// Schemas of what mesh prints. Fields are only ever added: other fields are allowed everywhere.
#include "kind_words.hpp"
#include "mesh/base/text.hpp"
#include "mesh/diff/change.hpp"
#include "mesh/render/schema.hpp"
#include "schema_parts.hpp"

namespace mesh::render {
namespace {

using namespace schema;  // NOLINT: the vocabulary of this file

constexpr Action kActions[] = {Action::Create, Action::Update, Action::Rename, Action::Replace,
                               Action::Drop,   Action::Adopt,  Action::Forget, Action::Grant,
                               Action::Revoke, Action::Set,    Action::Unset};
constexpr Risk kRisks[] = {Risk::Safe, Risk::Expensive, Risk::Disruptive, Risk::Destructive};

template <typename All>
Value words_of(const All& all) {
  std::vector<std::string> words;
  for (const auto value : all) words.emplace_back(to_string(value));
  return one_of(words);
}

Value record(Fields fields, size_t required) { return object(std::move(fields), required, Others::Allowed); }
Value text_or_null() { return ValueRecord{{"type", ValueList{Value("string"), Value("null")}}}; }

Value source() {
  return described(record({{"file", text()}, {"line", of_type("integer")}, {"column", of_type("integer")}}, 0),
                   "A place in the manifests; {} where there is none.");
}

Value change() {
  const Value line = record({{"property", text()},
                             {"before", ValueRecord{}},
                             {"after", ValueRecord{}},
                             {"cost", text()},
                             {"source", reference("source")}},
                            3);
  const Value statement = record({{"sql", text()}, {"role", text_or_null()}}, 2);
  return record({{"address", text()},
                 {"kind", text()},
                 {"name", text()},
                 {"domain", text()},
                 {"action", words_of(kActions)},
                 {"risk", words_of(kRisks)},
                 {"reason", text()},
                 {"source", reference("source")},
                 {"diff", list_of(line)},
                 {"statements", list_of(statement)},
                 {"cost", described(text(), "What the change loses or costs, and how to bring it back.")},
                 {"product", described(text(), "The product it belongs to, DOMAIN/PRODUCT@MAJOR.")},
                 {"account", described(text(), "Where it is not the plan's.")},
                 {"pending", described(of_type("boolean"), "With --base: the change was due without this revision.")}},
                10);
}

Value access() {
  return record({{"change", one_of({"+", "-"})},
                 {"who", text()},
                 {"privilege", text()},
                 {"object", text()},
                 {"via", list_of(text())}},
                5);
}

Value readers() {
  return described(record({{"column", text()},
                           {"before", of_type("integer")},
                           {"after", of_type("integer")},
                           {"gained", list_of(text())},
                           {"lost", list_of(text())}},
                          5),
                   "Who reads a tagged or masked column unmasked: roles, but those above all, and users.");
}

Value finding() {
  const Value note = record({{"message", text()}, {"source", reference("source")}}, 2);
  return record({{"rule", text()},
                 {"level", one_of({"error", "warning", "info"})},
                 {"address", text()},
                 {"message", text()},
                 {"source", reference("source")},
                 {"help", text()},
                 {"notes", list_of(note)}},
                5);
}

Value product() {
  return described(
      record({{"product", text()}, {"version", text()}, {"status", text()}, {"source", reference("source")}}, 4),
      "A product that changes belong to.");
}

Value waiting() { return record({{"address", text()}, {"needs", text()}, {"source", reference("source")}}, 3); }

Value refusal() {
  return record({{"address", text()},
                 {"code", text()},
                 {"message", text()},
                 {"ways_out", text()},
                 {"source", reference("source")}},
                5);
}

Value summary() {
  Fields counts;
  for (const auto action : kActions) counts.emplace_back(to_string(action), of_type("integer"));
  const size_t all = counts.size();
  return record(std::move(counts), all);
}

Value plan() {
  return record(
      {{"format_version", ValueRecord{{"type", "string"}, {"pattern", "^1\\.[0-9]+$"}}},
       {"mesh", text()},
       {"environment", text()},
       {"account", text()},
       {"date", ValueRecord{{"type", "string"}, {"pattern", "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}}},
       {"domains", list_of(text())},
       {"summary", summary()},
       {"changes", list_of(reference("change"))},
       {"access", list_of(access())},
       {"waiting", list_of(waiting())},
       {"findings", list_of(reference("finding"))},
       {"refused", list_of(refusal())},
       {"unmanaged", list_of(record({{"address", text()},
                                     {"what", text()},
                                     {"domain", text()},
                                     {"account", described(text(), "Where it is not the plan's.")}},
                                    3))},
       {"vanished", list_of(record({{"address", text()}}, 1))},
       {"reads", record({{"statements", of_type("integer")}, {"recorded", text()}}, 1)},
       {"fingerprint", text()},
       {"role", text_or_null()},
       {"readers", list_of(readers())},
       {"products", list_of(product())},
       {"accounts", described(list_of(text()), "All of them, where there are several.")},
       {"not_planned", list_of(record({{"account", text()}, {"domains", list_of(text())}, {"why", text()}}, 3))}},
      16);
}

}  // namespace

std::string plan_schema() {
  return document("The JSON of mesh plan and mesh drift", "Within format_version 1 fields are only added.", plan(),
                  {{"source", source()}, {"change", change()}, {"finding", finding()}});
}

std::string findings_schema() {
  return document("The JSON of mesh validate", "", record({{"findings", list_of(reference("finding"))}}, 1),
                  {{"source", source()}, {"finding", finding()}});
}

std::string access_schema() {
  const Value answer = record({{"who", text()},
                               {"privilege", described(text(), "OWNERSHIP stands for every privilege on the object.")},
                               {"object", text()},
                               {"how", one_of({"owned", "granted", "inherited", "on account", "to come"})},
                               {"via", described(list_of(text()), "Roles on the way; the last one holds it.")},
                               {"grant_option", of_type("boolean")},
                               {"missing", described(list_of(text()), "Without these it cannot be used.")}},
                              7);
  const Value column = record({{"who", text()},
                               {"column", text()},
                               {"reading", one_of({"denied", "masked", "clear", "by condition"})},
                               {"rows", described(one_of({"all", "none", "filtered", "by condition"}),
                                                  "Of a row access policy; none where it is denied.")},
                               {"via", list_of(text())}},
                              5);
  return document(
      "The JSON of mesh access", "Within format_version 1 fields are only added.",
      record({{"format_version", ValueRecord{{"type", "string"}, {"pattern", "^1\\.[0-9]+$"}}},
              {"source", described(text(), "manifests, or the account.")},
              {"question", record({{"who_can", text()}, {"object", text()}, {"what_can", text()}}, 0)},
              {"answers", list_of(reference("answer"))},
              {"others", described(list_of(record({{"holder", text()}, {"privilege", text()}, {"object", text()}}, 3)),
                                   "Held on kinds that mesh does not manage.")},
              {"unseen", described(list_of(text()), "What the connection's role may not see.")},
              {"columns",
               described(list_of(reference("column")), "With --columns, and of SELECT on a column: how it is read.")}},
             6),
      {{"answer", answer}, {"column", column}});
}

std::string impact_schema() {
  const Value consumer = record({{"domain", text()},
                                 {"contact", text()},
                                 {"through", described(text(), "The consumer's role, or its view that reads it.")},
                                 {"until", text_or_null()},
                                 {"acknowledged", of_type("boolean")},
                                 {"source", reference("source")}},
                                6);
  const Value usage = described(record({{"who", text()}, {"how", text()}}, 2),
                                "With --live: what the account tells of and no manifest. None is no proof of none.");
  const Value contract_change = record({{"rule", described(text(), "CON-01 to CON-32")},
                                        {"step", one_of({"none", "patch", "minor", "major"})},
                                        {"port", text()},
                                        {"object", described(text(), "Empty: the whole port.")},
                                        {"columns", list_of(text())},
                                        {"message", text()},
                                        {"source", reference("source")},
                                        {"consumers", list_of(consumer)},
                                        {"usage", list_of(usage)}},
                                       9);
  const Value changed = record({{"product", text()},
                                {"before", text()},
                                {"after", text()},
                                {"required", one_of({"none", "patch", "minor", "major"})},
                                {"source", reference("source")},
                                {"changes", list_of(contract_change)}},
                               6);
  return document(
      "The JSON of mesh impact", "",
      record({{"base", text()}, {"products", list_of(changed)}, {"findings", list_of(reference("finding"))}}, 3),
      {{"source", source()}, {"finding", finding()}});
}

std::string verify_schema() {
  const Value promise = record({{"product", text()},
                                {"port", text()},
                                {"object", described(text(), "Empty: of the port as a whole.")},
                                {"promise", text()},
                                {"verdict", one_of({"holds", "broken", "unanswered", "not verified"})},
                                {"found", text()},
                                {"source", reference("source")}},
                               7);
  const Value counts = record({{"holds", of_type("integer")},
                               {"broken", of_type("integer")},
                               {"unanswered", of_type("integer")},
                               {"not_verified", of_type("integer")}},
                              4);
  return document("The JSON of mesh verify", "", record({{"verified", list_of(promise)}, {"summary", counts}}, 2),
                  {{"source", source()}});
}

std::vector<SchemaFile> all_schemas() {
  std::vector<SchemaFile> all{{"mesh", mesh_file_schema()}, {"manifest", manifest_schema()},
                              {"plan", plan_schema()},      {"findings", findings_schema()},
                              {"access", access_schema()},  {"impact", impact_schema()},
                              {"verify", verify_schema()}};
  for (const auto* kind : kinds::all()) all.push_back({definition_name(*kind), kind_schema(*kind)});
  return all;
}

std::optional<std::string> find_schema(std::string_view name) {
  if (const auto* kind = kind_named(name); kind != nullptr) return kind_schema(*kind);
  for (auto& file : all_schemas()) {
    if (iequals(file.name, name)) return std::move(file.text);
  }
  return std::nullopt;
}

}  // namespace mesh::render
