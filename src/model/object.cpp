#include "mesh/model/object.hpp"

#include <algorithm>
#include <array>

#include "mesh/base/text.hpp"
#include "mesh/model/signature.hpp"

namespace mesh {
namespace {

struct KindRow {
  KindId kind;
  const char* words;
  size_t depth;  // parts of a full name
  bool overloaded = false;
};
// In the order of the enum.
constexpr auto kKinds = std::to_array<KindRow>({
    {KindId::Warehouse, "warehouse", 1},
    {KindId::Role, "role", 1},
    {KindId::Database, "database", 1},
    {KindId::DatabaseRole, "database role", 2},
    {KindId::Schema, "schema", 2},
    {KindId::Table, "table", 3},
    {KindId::View, "view", 3},
    {KindId::Sequence, "sequence", 3},
    {KindId::FileFormat, "file format", 3},
    {KindId::Stage, "stage", 3},
    {KindId::ResourceMonitor, "resource monitor", 1},
    {KindId::NetworkRule, "network rule", 3},
    {KindId::NetworkPolicy, "network policy", 1},
    {KindId::User, "user", 1},
    {KindId::Tag, "tag", 3},
    {KindId::MaskingPolicy, "masking policy", 3},
    {KindId::RowAccessPolicy, "row access policy", 3},
    {KindId::AggregationPolicy, "aggregation policy", 3},
    {KindId::ProjectionPolicy, "projection policy", 3},
    {KindId::JoinPolicy, "join policy", 3},
    {KindId::PasswordPolicy, "password policy", 3},
    {KindId::SessionPolicy, "session policy", 3},
    {KindId::AuthenticationPolicy, "authentication policy", 3},
    {KindId::Contact, "contact", 3},
    {KindId::DataMetricFunction, "data metric function", 3, true},
    {KindId::ClassificationProfile, "classification profile", 3},
    {KindId::Stream, "stream", 3},
    {KindId::Alert, "alert", 3},
    {KindId::Task, "task", 3},
    {KindId::Pipe, "pipe", 3},
    {KindId::MaterializedView, "materialized view", 3},
    {KindId::DynamicTable, "dynamic table", 3},
    {KindId::ExternalTable, "external table", 3},
    {KindId::StorageIntegration, "storage integration", 1},
    {KindId::Function, "function", 3, true},
    {KindId::Procedure, "procedure", 3, true},
    {KindId::Share, "share", 1},
    {KindId::Listing, "listing", 1},
    {KindId::AccountParameter, "account parameter", 1},
    {KindId::ApplicationRole, "application role", 2},
    {KindId::Statement, "statement", 1},
});
constexpr const char* kDepthWords[] = {"", "its name alone", "two names, DATABASE.NAME", "three names, DB.SCHEMA.NAME"};

const KindRow& row_of(KindId kind) {
  const auto& row = kKinds[static_cast<size_t>(kind)];
  MESH_ASSERT(row.kind == kind);
  return row;
}

// "DATABASE_ROLE", "database  role" -> "database role"
std::string folded_words(std::string_view words) {
  std::string out;
  for (const auto& word : split(replace_all(to_lower(words), "_", " "), ' ')) {
    if (!trim(word).empty()) out += (out.empty() ? "" : " ") + std::string(trim(word));
  }
  return out;
}

// Of "tabel A.B.C" the kind "table".
std::string nearest_kind(std::string_view address) {
  std::vector<std::string> words;
  for (const auto& row : kKinds) words.emplace_back(row.words);
  const auto rest = address.rfind(' ');
  return rest == std::string_view::npos ? std::string() : nearest(to_lower(address.substr(0, rest)), words);
}

struct Head {
  const KindRow* kind = nullptr;
  std::string_view name;
};
// The kind whose words begin the address; of "database role A.B" the longer one.
Head head_of(std::string_view address) {
  Head best;
  size_t best_length = 0;
  for (const auto& row : kKinds) {
    const std::string_view words = row.words;
    // The ledger has thousands of addresses: what is cheap to tell comes first.
    if (words.size() <= best_length || address.size() <= words.size() || address[words.size()] != ' ') continue;
    if (folded_words(address.substr(0, words.size())) != words) continue;
    const auto rest = trim(address.substr(words.size()));
    if (rest.empty()) continue;
    best = {&row, rest};
    best_length = words.size();
  }
  return best;
}

}  // namespace

const char* kind_words(KindId kind) { return row_of(kind).words; }

std::optional<KindId> kind_from_words(std::string_view words) {
  const auto folded = folded_words(words);
  const auto* found = std::find_if(kKinds.begin(), kKinds.end(), [&](const auto& row) { return row.words == folded; });
  if (found == kKinds.end()) return std::nullopt;
  return found->kind;
}

std::string kind_plural(KindId kind) {
  std::string words = kind_words(kind);
  if (!words.ends_with('y')) return words + "s";
  words.replace(words.size() - 1, 1, "ies");
  return words;
}

Result<KindId> kind_from_plural(std::string_view words) {
  const auto folded = folded_words(words);
  std::vector<std::string> plurals;
  for (const auto& row : kKinds) {
    plurals.push_back(kind_plural(row.kind));
    if (plurals.back() == folded) return row.kind;
  }
  const auto near = nearest(folded, plurals);
  return fail("'" + std::string(words) + "' is no plural of a kind" +
              (near.empty() ? ", like 'tables'" : "; did you mean '" + near + "'?"));
}

std::string ObjectId::address() const { return std::string(kind_words(kind)) + " " + display(); }

bool is_overloaded(KindId kind) { return row_of(kind).overloaded; }

Result<ObjectId> parse_address(std::string_view address) {
  const auto trimmed = trim(address);
  const auto head = head_of(trimmed);
  if (head.kind == nullptr) {
    const auto near = nearest_kind(trimmed);
    return fail("'" + std::string(trimmed) +
                "' is no address: it begins with a kind and a blank, like 'table "
                "SALES.ORDERS.ORDERS'" +
                (near.empty() ? std::string() : "; is it a " + near + "?"));
  }
  const auto bracket = head.kind->overloaded ? find_bracket(head.name) : std::string_view::npos;
  auto name = QualifiedName::parse(head.name.substr(0, bracket));
  if (!name) return name.failure();
  if (name->depth() != head.kind->depth) {
    return fail("'" + std::string(trimmed) + "': a " + head.kind->words + " is named by " +
                kDepthWords[head.kind->depth]);
  }
  if (!head.kind->overloaded) return ObjectId{head.kind->kind, std::move(*name)};
  if (bracket == std::string_view::npos) {
    return fail("'" + std::string(trimmed) + "': a " + head.kind->words +
                " is named with the types of its arguments, " + name->display() + "(NUMBER), or () where it has none");
  }
  auto arguments = argument_types(head.name.substr(bracket));
  if (!arguments) return fail("'" + std::string(trimmed) + "': " + arguments.error().message);
  return ObjectId{head.kind->kind, std::move(*name), std::move(*arguments)};
}

}  // namespace mesh
