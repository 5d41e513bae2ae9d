#include "mesh/model/attachments.hpp"

#include <fmt/format.h>

namespace mesh {

std::string Bearer::address() const {
  return column ? "column " + object.name.child(*column).display() : object.address();
}

std::string Attachment::address() const {
  std::string text = kind_words(key.kind);
  if (!name.empty()) text += " " + name.display();
  if (!key.slot.empty()) text += (key.kind == KindId::Contact ? " for " : "") + key.slot;
  return fmt::format("{} on {}", text, key.bearer.address());
}

std::string Attachment::ledger_key() const {
  std::string text = kind_words(key.kind);
  if (!key.name.empty()) text += " " + key.name.display();
  if (!key.slot.empty()) text += (key.kind == KindId::Contact ? " " : "") + key.slot;
  if (key.bearer.column) text += " on " + key.bearer.column->display();
  return text;
}

bool is_attachment_key(std::string_view ledger_key) {
  for (const auto kind : {KindId::Tag, KindId::MaskingPolicy, KindId::RowAccessPolicy, KindId::AggregationPolicy,
                          KindId::ProjectionPolicy, KindId::JoinPolicy, KindId::PasswordPolicy, KindId::SessionPolicy,
                          KindId::AuthenticationPolicy, KindId::Contact, KindId::DataMetricFunction}) {
    const std::string_view words = kind_words(kind);
    const bool begins = ledger_key.substr(0, words.size()) == words;
    if (begins && (ledger_key.size() == words.size() || ledger_key[words.size()] == ' ')) return true;
  }
  return false;
}

bool protects(KindId kind) { return kind != KindId::Contact && kind != KindId::DataMetricFunction; }

}  // namespace mesh
