#include "mesh/kinds/tagging.hpp"

#include <algorithm>

namespace mesh::kinds {
namespace {

// Domains of TAG_REFERENCES that are called as DDL calls the kind. Its others are of kinds that mesh does not know.
constexpr std::string_view kDomains[] = {"ALERT",     "DATABASE", "DATABASE ROLE", "FUNCTION", "NETWORK POLICY",
                                         "PROCEDURE", "ROLE",     "SCHEMA",        "SHARE",    "STAGE",
                                         "STREAM",    "TASK",     "USER",          "WAREHOUSE"};

bool is_among_domains(std::string_view words) {
  return std::find(std::begin(kDomains), std::end(kDomains), words) != std::end(kDomains);
}

}  // namespace

std::string_view tag_domain(KindId kind) {
  const auto& facts = of(kind);
  if (is_among_domains(facts.sql)) return facts.sql;  // a stream too, though its name is among those of tables
  if (facts.is_relation) return "TABLE";
  return facts.sql.ends_with(" INTEGRATION") ? std::string_view("INTEGRATION") : std::string_view();
}

bool can_bear_tags(KindId kind) {
  const auto words = of(kind).sql;
  return !tag_domain(kind).empty() || words == "PIPE" || words.ends_with(" POLICY");
}

}  // namespace mesh::kinds
