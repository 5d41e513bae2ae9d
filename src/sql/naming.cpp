#include "naming.hpp"

#include <algorithm>

#include "code.hpp"
#include "mesh/sql/token.hpp"

namespace mesh::sql {
namespace {

// DATABASE ROLE before both of its words. Integrations share their word (page sql/grant-privilege); storage is the kind
// that meshes declare.
constexpr NamedBy kByKind[] = {
    {"WAREHOUSE", KindId::Warehouse},
    {"DATABASE ROLE", KindId::Database, 2, 2},
    {"ROLE", KindId::Role},
    {"USER", KindId::User},
    {"DATABASE", KindId::Database},
    {"SCHEMA", KindId::Database, 2, 2},
    {"SHARE", KindId::Share},
    {"INTEGRATION", KindId::StorageIntegration},
    {"RESOURCE MONITOR", KindId::ResourceMonitor},
    {"NETWORK POLICY", KindId::NetworkPolicy},
    {"LISTING", KindId::Listing},
};
constexpr NamedBy kInSchema = {"", KindId::Database, 3, 3};

}  // namespace

std::span<const NamedBy> named_by_kind() { return kByKind; }

NamedBy named_by_domain(std::string_view written) {
  const auto words = replace_all(to_upper(written), "_", " ");
  const auto* found = std::ranges::find(kByKind, std::string_view(words), &NamedBy::words);
  return found != std::end(kByKind) ? *found : kInSchema;
}

std::string edited(std::string_view text, std::vector<Edit> edits) {
  std::ranges::stable_sort(edits, {}, &Edit::begin);
  std::string out;
  size_t copied = 0;
  for (const auto& edit : edits) {
    if (edit.begin < copied) continue;
    out += text.substr(copied, edit.begin - copied);
    out += edit.text;
    copied = edit.end;
  }
  return out + std::string(text.substr(copied));
}

std::optional<std::string> renamed_object(const std::string& written, const NamedBy& by, const RenameName& rename) {
  const auto tokens = tokenize(written);
  if (!tokens || tokens->empty() || !is_name(tokens->front())) return std::nullopt;
  size_t parts = 1, at = 1;
  while (at + 1 < tokens->size() && is_symbol((*tokens)[at], written, ".") && is_name((*tokens)[at + 1])) {
    ++parts;
    at += 2;
  }
  const bool ends = at == tokens->size() || is_symbol((*tokens)[at], written, "(");
  if (!ends || parts < by.fewest || parts > by.most) return std::nullopt;
  const auto& first = tokens->front();
  const auto renamed = rename(by.level, name_of(first, written));
  if (!renamed) return std::nullopt;
  const std::string shown = renamed->display();
  const bool is_lower = first.type == TokenType::Word && first.in(written) == to_lower(first.in(written));
  return (is_lower && shown == renamed->stored() ? to_lower(shown) : shown) + written.substr(first.end);
}

std::string rename_account_names(std::string_view text, const RenameName& rename) {
  std::vector<Edit> edits;
  find_database_edits(text, rename, edits);
  find_statement_edits(text, rename, edits);
  find_string_edits(text, rename, edits);
  return edited(text, std::move(edits));
}

}  // namespace mesh::sql
