// SQL text: tokens, fragments, references, normal forms. The laws are those of tests/unit/sql/law_test.cpp.

#include "fuzz.hpp"
#include "mesh/sql/account_names.hpp"
#include "mesh/sql/columns.hpp"
#include "mesh/sql/normalise.hpp"
#include "mesh/sql/references.hpp"
#include "mesh/sql/search_target.hpp"
#include "mesh/sql/token.hpp"
#include "mesh/sql/writer.hpp"

using namespace mesh;
using namespace mesh::sql;

namespace {

void tokens_are_ordered(const std::string& text) {
  const auto tokens = tokenize(text);
  if (!tokens) {
    LAW(tokens.error().offset <= text.size(), text);
    return;
  }
  size_t behind = 0;
  for (const auto& token : *tokens) {
    LAW(token.begin >= behind && token.end > token.begin && token.end <= text.size(), text);
    behind = token.end;
    if (token.type == TokenType::String) static_cast<void>(string_value(token.in(text)));
  }
}

// A literal is one token with just that value, whatever it holds.
void literals_hold_all(const std::string& text) {
  for (const auto& written : {literal(text), dollar_quoted(text)}) {
    const auto tokens = tokenize(written);
    LAW(tokens && tokens->size() == 1 && tokens->front().type == TokenType::String, written);
    LAW(string_value(written) == text, written);
  }
}

void normal_form_is_one(const std::string& text) {
  const auto form = normal_form(text);
  LAW(normal_form(form) == form, form);
  LAW(same_sql(text, form), form);
  LAW(same_cluster_key(text, text), text);
  LAW(same_default(text, text), text);
}

void references_lie_inside(const std::string& text) {
  for (const auto& reference : find_references(text)) {
    LAW(reference.begin < reference.end && reference.end <= text.size(), text);
    LAW(reference.name.depth() >= 1 && reference.name.depth() <= 3, text);
  }
  LAW(rename_account_names(text, [](KindId, const Name&) { return std::nullopt; }) == text, text);
}

void columns_lie_inside(const std::string& text) {
  size_t behind = 0;
  for (const auto& mention : mentioned_columns(text)) {
    LAW(mention.begin >= behind && mention.end > mention.begin && mention.end <= text.size(), text);
    behind = mention.end;
  }
  LAW(rename_columns(text, {}) == text, text);
}

// What is shown of a target is read as the same one.
void search_targets_survive(const std::string& text) {
  const auto method = parse_search_method(text);
  if (!method) {
    LAW(method.error().offset <= text.size(), text);
    return;
  }
  LAW(method->targets.size() == method->spans.size(), text);
  for (const auto& target : method->targets) {
    const auto again = parse_search_method(to_display(target));
    LAW(again && again->targets.size() == 1 && again->targets.front() == target, text);
  }
}

void fragments_are_told(const std::string& text) {
  for (const auto kind : {FragmentKind::Expression, FragmentKind::Query, FragmentKind::ClusterKey}) {
    const auto problems = check_fragment(text, kind);
    for (const auto& problem : problems) LAW(problem.offset <= text.size(), text);
    if (!problems.empty()) continue;
    // What is let through ends where the text ends: brackets put around it are closed by their own.
    const auto around = tokenize("(" + text + "\n)");
    LAW(around && around->back().in("(" + text + "\n)") == ")", text);
  }
  static_cast<void>(split_list(text));
  static_cast<void>(query_of_create(text));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text = fuzz::text_of(data, size);
  tokens_are_ordered(text);
  literals_hold_all(text);
  normal_form_is_one(text);
  references_lie_inside(text);
  fragments_are_told(text);
  columns_lie_inside(text);
  search_targets_survive(text);
  return 0;
}
