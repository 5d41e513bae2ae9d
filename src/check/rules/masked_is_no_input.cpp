#include <fmt/format.h>

#include "list.hpp"
#include "mesh/base/text.hpp"
#include "mesh/diff/diff.hpp"
#include "mesh/kinds/kind.hpp"
#include "mesh/sql/columns.hpp"
#include "mesh/sql/references.hpp"

namespace mesh::check {
namespace {

// What would look at a masked column, each with the reason why Snowflake refuses it or it goes wrong
// (user-guide/security-column-ddm-use, security-row-intro, views-materialized: limitations).
class MaskedInputs {
 public:
  MaskedInputs(const View& view, Findings& findings) : view_(view), findings_(findings) {
    view.each_object([&](const Object& object) {
      for (const auto& column : object.columns) {
        if (view.is_masked(object, column)) masked_[object.id].push_back(column.name);
      }
    });
  }

  void all() {
    for (const auto& [id, columns] : masked_) {
      for (const auto& column : columns) findings_.covers(subject(id, column));
    }
    for (const auto& [key, attachment] : view_.state().attachments) of(key, attachment);
    view_.each_object(KindId::MaterializedView, [&](const Object& object) { materialized(object); });
    for (const auto kind : {KindId::MaskingPolicy, KindId::RowAccessPolicy})
      view_.each_object(kind, [&](const Object& policy) { body(policy); });
  }

 private:
  bool is_masked(const ObjectId& id, const Name& column) const {
    const auto it = masked_.find(id);
    return it != masked_.end() && std::find(it->second.begin(), it->second.end(), column) != it->second.end();
  }
  Subject subject(const ObjectId& id, const Name& column) const {
    const auto& object = view_.state().objects.at(id);
    const auto it = std::find_if(object.columns.begin(), object.columns.end(),
                                 [&](const Column& each) { return each.name == column; });
    return view_.subject(object, *it);
  }
  void add(const ObjectId& id, const Name& column, const std::string& use, const std::string& help) {
    auto at = subject(id, column);
    auto message = fmt::format("{} is masked, and {}", at.shown, use);
    findings_.add(std::move(at), std::move(message), help);
  }

  void of(const AttachmentKey& key, const Attachment& attachment) {
    const bool rows = key.kind == KindId::RowAccessPolicy;
    if (!rows && key.kind != KindId::MaskingPolicy) return;
    // A masking policy's columns begin with the one that it masks.
    for (size_t i = rows ? 0 : 1; i < attachment.columns.size(); ++i) {
      if (!is_masked(key.bearer.object, attachment.columns[i])) continue;
      const auto policy = view_.shown(ObjectId{key.kind, attachment.name}).address();
      add(key.bearer.object, attachment.columns[i],
          rows ? fmt::format("{} filters rows by it", policy) : fmt::format("{} depends on it (using)", policy),
          "let the policy look at another column, a key without a mask");
    }
  }

  void materialized(const Object& object) {
    for (const auto& source : read_by(object)) {
      const auto it = masked_.find(source);
      if (it == masked_.end()) continue;
      const auto query = object.text("query");
      for (const auto& column : it->second) {
        if (query == nullptr || !mentions(query->text, column)) continue;
        add(source, column, fmt::format("{} is made of it", view_.shown(object.id).address()),
            "make it a view or a dynamic table, or leave the column out");
      }
    }
  }

  // A policy's query reads under its owner's rights, masks included.
  void body(const Object& policy) {
    const auto* text = policy.text("body");
    if (text == nullptr) return;
    for (const auto& reference : sql::find_references(text->text)) {
      const auto name = sql::full_name(reference.name, policy.id.name);
      for (const auto kind : kinds::relations()) {
        const auto it = masked_.find({kind, name});
        if (it == masked_.end()) continue;
        for (const auto& column : it->second) {
          if (mentions(text->text, column))
            add(it->first, column, fmt::format("{} looks rows up by it", view_.shown(policy.id).address()),
                "keep what policies look up in a table of its own, without masks");
        }
      }
    }
  }

  // Its bare name, or behind an alias.
  static bool mentions(const std::string& text, const Name& column) {
    const auto all = sql::mentioned_columns(text);
    const bool bare = std::any_of(all.begin(), all.end(), [&](const auto& each) { return each.name == column; });
    if (bare) return true;
    const auto upper = to_upper(text), behind_dot = "." + to_upper(column.display());
    const auto goes_on = [](char c) {
      return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$';
    };
    for (auto at = upper.find(behind_dot); at != std::string::npos; at = upper.find(behind_dot, at + 1)) {
      const auto end = at + behind_dot.size();
      if (end == upper.size() || !goes_on(upper[end])) return true;
    }
    return false;
  }

  const View& view_;
  Findings& findings_;
  std::map<ObjectId, std::vector<Name>> masked_;
};

void check(const View& view, const Parameters&, Findings& findings) { MaskedInputs(view, findings).all(); }

}  // namespace

constinit const Rule kMaskedIsNoInput = {
    {.id = "masked-columns-are-no-inputs",
     .code = "PII-05",
     .level = RuleLevel::Error,
     .points = kBeforeAccount,
     .title = "No policy and no materialized view depends on a masked column.",
     .why = "Snowflake refuses it, or decides by the mask instead of by what stands in the column.",
     .mend = "Let them look at a column without a mask."},
    check};

}  // namespace mesh::check
