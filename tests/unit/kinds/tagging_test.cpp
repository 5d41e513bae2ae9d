// Which kinds bear tags, and how TAG_REFERENCES is asked for them (pages object-tagging/introduction, tag_references).
#include "mesh/kinds/tagging.hpp"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>

using namespace mesh;

TEST_CASE("a kind is asked for by a domain that the page of TAG_REFERENCES lists, or not at all") {
  // As the page has them, but for TABLE and INTEGRATION, which are the words of no kind alone.
  constexpr std::array<std::string_view, 14> domains = {
      "ALERT",  "DATABASE", "DATABASE ROLE", "FUNCTION", "NETWORK POLICY", "PROCEDURE", "ROLE",
      "SCHEMA", "SHARE",    "STAGE",         "STREAM",   "TASK",           "USER",      "WAREHOUSE"};
  for (const auto* kind : kinds::all()) {
    INFO(kind->words);
    const auto domain = kinds::tag_domain(kind->id);
    const bool listed = std::find(domains.begin(), domains.end(), domain) != domains.end();
    CHECK((domain.empty() || domain == "TABLE" || domain == "INTEGRATION" || listed));
  }
}

TEST_CASE("views and their like are tables to TAG_REFERENCES, streams are not; pipes and policies it does not know") {
  struct Row {
    KindId kind;
    std::string_view domain;
    bool bears;
  };
  for (const auto& row :
       {Row{KindId::View, "TABLE", true}, Row{KindId::DynamicTable, "TABLE", true},
        Row{KindId::ExternalTable, "TABLE", true}, Row{KindId::Stream, "STREAM", true},
        Row{KindId::StorageIntegration, "INTEGRATION", true}, Row{KindId::NetworkPolicy, "NETWORK POLICY", true},
        Row{KindId::Pipe, "", true}, Row{KindId::MaskingPolicy, "", true}, Row{KindId::RowAccessPolicy, "", true},
        Row{KindId::Sequence, "", false}, Row{KindId::FileFormat, "", false}, Row{KindId::NetworkRule, "", false},
        Row{KindId::ResourceMonitor, "", false}, Row{KindId::Tag, "", false},
        Row{KindId::AccountParameter, "", false}}) {
    INFO(kinds::of(row.kind).words);
    CHECK(kinds::tag_domain(row.kind) == row.domain);
    CHECK(kinds::can_bear_tags(row.kind) == row.bears);
  }
}
