#include "kept.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "mesh/diff/lineage.hpp"
#include "mesh/kinds/contacts.hpp"
#include "mesh/kinds/policies.hpp"
#include "mesh/kinds/tagging.hpp"

namespace mesh::diff_parts {
namespace {

// Whether anything of an account can hang on it.
bool bears_anything(KindId kind) {
  return kinds::of(kind).is_relation || kinds::can_bear_tags(kind) || kinds::can_have_contacts(kind);
}

class Kept {
 public:
  Kept(const Sides& sides, const Object& desired, DiffResult& result)
      : sides_(sides), desired_(desired), result_(result), names_(columns_of(sides, desired)) {}

  std::vector<Attachment> run() {
    const auto& live = sides_.input.live;
    const auto id = sides_.id_in_account(desired_.id);
    result_.made_anew.insert(id);
    if (live.looked_at_closely.count(id) == 0) {
      const auto told = live.not_told.find(id);
      refuse("nobody can tell what hangs on it that is not declared, and OR REPLACE would take it along",
             told == live.not_told.end() ? std::string() : "; " + told->second);
      return {};
    }
    const auto* entry = sides_.entry(desired_.id);
    std::vector<Attachment> kept;
    for (const auto* each : attachments_of(sides_.live, desired_.id)) {
      const bool is_ours = entry != nullptr && entry->attached.count(each->ledger_key()) > 0;
      if (is_ours || sides_.desired().state.attachments.count(each->key) > 0 || goes_with_column(*each)) continue;
      const auto why = why_not(*each);
      if (why.empty()) kept.push_back(*each);
      if (!why.empty()) refuse(fmt::format("{} would be lost, for {}", each->address(), why), "");
    }
    return kept;
  }

 private:
  // Of the new object; nothing: its query does not tell.
  static std::optional<std::vector<Name>> columns_of(const Sides& sides, const Object& desired) {
    auto names = kinds::listed_columns(desired);
    if (names.empty() && kinds::of(desired.id.kind).columns_by_name)
      return names_by_query(sides.desired().state, desired);
    for (const auto& column : names.empty() ? desired.columns : std::vector<Column>()) names.push_back(column.name);
    return names;
  }
  bool lacks(const Name& column) const { return std::find(names_->begin(), names_->end(), column) == names_->end(); }

  // What the new query does not show needs no mask, and cannot be measured.
  bool goes_with_column(const Attachment& each) const {
    if (!names_) return false;
    if (each.key.bearer.column) return lacks(*each.key.bearer.column);
    const bool is_metric = each.key.kind == KindId::DataMetricFunction;
    return is_metric && std::any_of(each.columns.begin(), each.columns.end(), [&](const Name& c) { return lacks(c); });
  }

  std::string why_not(const Attachment& each) const {
    if (each.name.empty()) return "nothing tells which one it is";
    const bool on_columns = each.key.bearer.column || !each.columns.empty();
    if (on_columns && !names_) return "nothing tells the columns of the new query";
    const auto* form = kinds::policy_form(each.key.kind);
    if (form != nullptr && !each.columns_known && arguments_of(each) != 1)
      return "nothing tells the columns that it looks at";
    if (form != nullptr && form->needs_columns && each.columns.empty())
      return "nothing tells the columns that it is on";
    for (const auto& column : each.columns) {
      if (lacks(column)) return fmt::format("the new query has no column {}", column.display());
    }
    return {};
  }

  // Of a policy; 0: nothing tells.
  size_t arguments_of(const Attachment& each) const {
    const Object* policy = sides_.live_object({each.key.kind, each.name});
    const auto& told = sides_.input.live.arguments_of_masks;
    if (const auto count = told.find(each.name); policy == nullptr && count != told.end()) return count->second;
    const Value* signature = policy == nullptr ? nullptr : policy->find("signature");
    const auto* arguments = signature == nullptr ? nullptr : std::get_if<ValueRecord>(&signature->data);
    return arguments == nullptr ? 0 : arguments->size();
  }

  void refuse(const std::string& why, const std::string& more) {
    const bool by_name = kinds::of(desired_.id.kind).columns_by_name && !names_;
    Refusal refusal;
    refusal.address = desired_.id.address();
    refusal.code = "MESH2041";
    refusal.message = fmt::format("{} would be made anew: {}", desired_.id.address(), why);
    refusal.ways_out = fmt::format(
        "declare what is to stay, or take it off by hand{}; where it is for want of a warehouse or of a privilege, "
        "give "
        "the role that reads the control warehouse, or APPLY of policies and tags on the account{}",
        by_name ? "; name the columns that the query gives under column_list" : "", more);
    refusal.place = desired_.place;
    result_.refused.push_back(std::move(refusal));
  }

  const Sides& sides_;
  const Object& desired_;
  DiffResult& result_;
  std::optional<std::vector<Name>> names_;
};

}  // namespace

std::vector<Attachment> kept_by_others(const Sides& sides, const Object& desired, DiffResult& result) {
  return bears_anything(desired.id.kind) ? Kept(sides, desired, result).run() : std::vector<Attachment>();
}

}  // namespace mesh::diff_parts
