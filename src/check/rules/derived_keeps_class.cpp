#include <fmt/format.h>

#include "list.hpp"
#include "mesh/base/text.hpp"
#include "mesh/diff/lineage.hpp"
#include "mesh/kinds/kind.hpp"

namespace mesh::check {
namespace {

constexpr RuleParameter kParameters[] = {
    {.name = "tag", .type = ParameterType::Tag, .required = true, .doc = "the tag that classifies: DB.SCHEMA.TAG"},
    {.name = "values", .type = ParameterType::Texts, .fallback = "*", .doc = "patterns over its values that count"},
    {.name = "unknown",
     .type = ParameterType::Flag,
     .fallback = "false",
     .doc = "whether it is a finding too where the query does not tell of what its columns are made"}};

class Derived {
 public:
  Derived(const View& view, const Parameters& parameters, Findings& findings)
      : view_(view),
        findings_(findings),
        written_(parameters.text("tag")),
        tag_(view.tag(written_)),
        values_(parameters.texts("values")),
        unknown_(parameters.flag("unknown")),
        lineage_(view.state()) {}

  void of(const Object& object) {
    if (object.text("query") == nullptr || !view_.knows_tags_of(object)) return;
    const auto& links = lineage_.links(object.id);
    if (links.empty()) return untold(object);
    // Each column once, by the first classified one that it is made of.
    std::map<Name, const ColumnLink*> made;
    for (const auto& link : links) {
      if (class_of({link.source, link.source_column}) != nullptr) made.emplace(link.column, &link);
    }
    for (const auto& [column, link] : made) judge(object, column, *link);
  }

 private:
  const Attachment* class_of(const Bearer& bearer) const {
    const auto* set = view_.tag_over(bearer, tag_);
    return set != nullptr && matches_any(values_, set->value) ? set : nullptr;
  }

  // Any value of the tag will do: it was looked at, and said to be so.
  void judge(const Object& object, const Name& column, const ColumnLink& link) {
    const Bearer bearer{object.id, column};
    const auto subject = view_.subject(bearer, object.place);
    const Bearer source{view_.shown(link.source), link.source_column};
    const auto& value = class_of({link.source, link.source_column})->value;
    findings_.judge(subject,
                    view_.tag_over(bearer, tag_) != nullptr
                        ? ""
                        : fmt::format("{} is made of {}, which is {} '{}', and bears no such tag", subject.shown,
                                      source.address(), written_, value),
                    fmt::format("columns: {{{}: {{tags: {{{}: {}}}}}}}; or another value, where it tells nothing of "
                                "a person any more",
                                column.display(), written_, value));
  }

  // The text does not tell, and what it reads holds something classified.
  void untold(const Object& object) {
    if (!unknown_ || view_.tag_over({object.id, std::nullopt}, tag_) != nullptr) return;
    for (const auto& source : lineage_.sources(object.id)) {
      for (const auto& column : lineage_.columns(source)) {
        if (class_of({source, column}) == nullptr) continue;
        const auto subject = view_.subject(object);
        return findings_.judge(
            subject,
            fmt::format("{} reads {}, whose columns are classified, and its query does not tell of "
                        "what its own are made",
                        subject.shown, view_.shown(source).address()),
            fmt::format("tags: {{{}: …}} on it; or write its query as one SELECT of named columns", written_));
      }
    }
  }

  const View& view_;
  Findings& findings_;
  std::string written_;
  QualifiedName tag_;
  std::vector<std::string> values_;
  bool unknown_;
  Lineage lineage_;
};

void check(const View& view, const Parameters& parameters, Findings& findings) {
  Derived derived(view, parameters, findings);
  view.each_object([&](const Object& object) { derived.of(object); });
}

}  // namespace

constinit const Rule kDerivedKeepsClass = {
    {.id = "derived-columns-keep-their-class",
     .code = "PII-03",
     .level = RuleLevel::Error,
     .parameters = kParameters,
     .title = "A column of a view or dynamic table that is made of a classified one bears the tag too.",
     .why = "A policy that hangs on the tag protects what bears it, and a copy that does not is read by everybody.",
     .mend = "Write the tag under columns: of the view, with the value that holds for what is left.",
     .needs_tags = true},
    check};

}  // namespace mesh::check
