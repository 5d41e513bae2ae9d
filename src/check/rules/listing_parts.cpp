#include "listing_parts.hpp"

namespace mesh::check {
namespace {

const Value* find_in(const Value& record, std::string_view key) {
  const auto* entries = std::get_if<ValueRecord>(&record.data);
  for (size_t i = 0; entries != nullptr && i < entries->size(); ++i) {
    if ((*entries)[i].first == key) return &(*entries)[i].second;
  }
  return nullptr;
}

}  // namespace

std::string text_in(const Value& record, std::string_view key) {
  const Value* value = find_in(record, key);
  return value == nullptr || value->text() == nullptr ? std::string() : *value->text();
}

std::vector<Value> entries_of(const Object& listing, std::string_view property, std::string_view key) {
  const Value* value = listing.find(property);
  if (value != nullptr && !key.empty()) value = find_in(*value, key);
  const auto* list = value == nullptr ? nullptr : std::get_if<ValueList>(&value->data);
  return list == nullptr ? std::vector<Value>() : *list;
}

bool is_for_organization(const Object& listing) {
  const Value* distribution = listing.find("distribution");
  return distribution == nullptr || *distribution != Value("EXTERNAL");
}

const Object* listing_over(const State& state, const QualifiedName& share) {
  for (const auto& [id, object] : state.objects) {
    const Value* offered = id.kind == KindId::Listing ? object.find("share") : nullptr;
    if (offered != nullptr && offered->text() != nullptr && *offered->text() == share.last().stored()) return &object;
  }
  return nullptr;
}

}  // namespace mesh::check
