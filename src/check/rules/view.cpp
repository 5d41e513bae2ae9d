#include <algorithm>

#include <fmt/format.h>

#include "mesh/base/text.hpp"
#include "mesh/model/access.hpp"
#include "rule.hpp"

namespace mesh::check {

std::string Parameters::text(std::string_view name) const {
  const auto it = values_.find(name);
  const auto* text = it == values_.end() ? nullptr : it->second.text();
  return text == nullptr ? std::string() : *text;
}

int64_t Parameters::number(std::string_view name) const {
  const auto it = values_.find(name);
  const auto* number = it == values_.end() ? nullptr : std::get_if<int64_t>(&it->second.data);
  return number == nullptr ? 0 : *number;
}

bool Parameters::flag(std::string_view name) const {
  const auto it = values_.find(name);
  const auto* flag = it == values_.end() ? nullptr : std::get_if<bool>(&it->second.data);
  return flag != nullptr && *flag;
}

std::vector<std::string> Parameters::texts(std::string_view name) const {
  std::vector<std::string> all;
  const auto it = values_.find(name);
  const auto* list = it == values_.end() ? nullptr : std::get_if<ValueList>(&it->second.data);
  if (list == nullptr) return all;
  for (const auto& each : *list) all.push_back(*each.text());
  return all;
}

std::vector<std::pair<std::string, std::vector<std::string>>> Parameters::lists(std::string_view name) const {
  std::vector<std::pair<std::string, std::vector<std::string>>> all;
  const auto it = values_.find(name);
  const auto* record = it == values_.end() ? nullptr : std::get_if<ValueRecord>(&it->second.data);
  if (record == nullptr) return all;
  for (const auto& [key, list] : *record) {
    all.emplace_back(key, std::vector<std::string>());
    for (const auto& each : std::get<ValueList>(list.data)) all.back().second.push_back(*each.text());
  }
  return all;
}

std::vector<KindId> Parameters::kinds(std::string_view name) const {
  std::vector<KindId> all;
  for (const auto& word : texts(name)) {
    if (const auto kind = kind_from_words(word)) all.push_back(*kind);
  }
  return all;
}

bool View::is_ours(const ObjectId& id) const {
  return !mesh().is_control(id.name.first()) && mesh().owner_of_live(id.name.first().stored()) != nullptr;
}

void View::each_object(const std::function<void(const Object&)>& visit) const {
  for (const auto& [id, object] : state().objects) {
    if (!is_live() || (!object.live.born && is_ours(id))) visit(object);
  }
}

void View::each_object(KindId kind, const std::function<void(const Object&)>& visit) const {
  const auto& objects = state().objects;
  // The map is sorted by kind first.
  for (auto it = objects.lower_bound({kind, {}}); it != objects.end() && it->first.kind == kind; ++it) {
    if (!is_live() || (!it->second.live.born && is_ours(it->first))) visit(it->second);
  }
}

void View::each_grant(const std::function<void(const Grant&)>& visit) const {
  for (const auto& [key, grant] : state().grants) {
    const bool on_account = key.target.form == TargetForm::Account;
    const bool counts =
        on_account ? domain_of(key.grantee) != nullptr || key.grantee == everybody() : is_ours(key.target.object);
    if (!is_live() || counts) visit(grant);
  }
}

ObjectId View::shown(const ObjectId& id) const {
  return input_.point == RunPoint::Validate ? mesh().as_written(id) : id;
}

Grantee View::shown(const Grantee& grantee) const {
  return input_.point == RunPoint::Validate ? mesh().as_written(grantee) : grantee;
}

const Domain* View::domain_of(const ObjectId& id) const {
  const auto& owners = input_.desired.owner_domain;
  const auto it = owners.find(id);
  if (it != owners.end()) return mesh().find(it->second);
  return id.name.empty() ? nullptr : mesh().owner_of_live(id.name.first().stored());
}

const Domain* View::domain_of(const Grantee& grantee) const {
  const bool is_role = grantee.type == GranteeType::Role || grantee.type == GranteeType::DatabaseRole;
  return is_role || grantee.type == GranteeType::Share ? domain_of(object_of(grantee)) : nullptr;
}

Subject View::subject(const ObjectId& id) const {
  const auto* object = declared(id);
  const auto* domain = domain_of(id);
  const auto written = mesh().as_written(id);
  return {shown(id).address(), written.address(), written.display(), domain == nullptr ? "" : domain->name,
          object == nullptr ? Place{} : object->place};
}

Subject View::subject(const Bearer& bearer, Place place) const {
  Subject made = subject(bearer.object);
  if (bearer.column) {
    made.shown = Bearer{shown(bearer.object), bearer.column}.address();
    made.written = Bearer{mesh().as_written(bearer.object), bearer.column}.address();
    made.name += "." + bearer.column->display();
  }
  if (place.known()) made.place = place;
  return made;
}

Subject View::subject(const Object& object, const Column& column) const {
  Place place = column.place;
  if (is_live()) {
    place = {};
    if (const auto* same = declared(object.id)) {
      const auto it = std::find_if(same->columns.begin(), same->columns.end(),
                                   [&](const Column& each) { return each.name == column.name; });
      if (it != same->columns.end()) place = it->place;
    }
  }
  return subject(Bearer{object.id, column.name}, place);
}

Subject View::subject(const Grant& grant) const {
  const auto& key = grant.key;
  const auto written = mesh().as_written(key);
  const bool on_account = key.target.form == TargetForm::Account;
  const auto* domain = on_account ? domain_of(key.grantee) : domain_of(key.target.object);
  const auto same = input_.desired.state.grants.find(key);
  const auto* object = on_account ? nullptr : declared(key.target.object);
  const Place place = same != input_.desired.state.grants.end() ? same->second.place
                      : object != nullptr                       ? object->place
                                                                : Place{};
  return {(input_.point == RunPoint::Validate ? written : key).address(), written.address(),
          on_account ? "account" : written.target.object.display(), domain == nullptr ? grant.domain : domain->name,
          place};
}

Subject View::subject(const Membership& membership) const {
  const MembershipKey written{mesh().as_written(membership.key.role), mesh().as_written(membership.key.member)};
  const auto* domain = domain_of(membership.key.role);
  const auto same = input_.desired.state.memberships.find(membership.key);
  const auto* role = declared(membership.key.role);
  const Place place = same != input_.desired.state.memberships.end() ? same->second.place
                      : role != nullptr                              ? role->place
                                                                     : Place{};
  return {(input_.point == RunPoint::Validate ? written : membership.key).address(), written.address(),
          written.role.display(), domain == nullptr ? membership.domain : domain->name, place};
}

Subject View::subject(const Domain& domain) const {
  const auto address = "domain " + domain.name;
  return {address, address, domain.name, domain.name, domain.place};
}

Subject View::subject(const Product& product) const {
  const auto address = "product " + product.display();
  return {address, address, product.display(), product.domain, product.place};
}

Subject View::subject(const Product& product, const Port& port) const {
  const auto name = PortId{product.domain, product.name, port.name, product.version.major}.display();
  return {"port " + name, "port " + name, name, product.domain, port.place};
}

// It is for who asks to mend, but for an approval that nobody asked for.
Subject View::subject(const Agreement& agreement) const {
  const bool asked = agreement.request != nullptr;
  return {agreement.address(), agreement.address(), agreement.port.display(),
          asked ? agreement.consumer : agreement.port.domain,
          asked ? agreement.request->place : agreement.approval->place};
}

const Products& View::products() const {
  static const Products kNone;
  return input_.products == nullptr ? kNone : *input_.products;
}

const Name* View::owner_of(const Object& object) const {
  if (object.owner) return &*object.owner;
  const auto* there = input_.live == nullptr ? nullptr : input_.live->state.find(object.id);
  return there == nullptr || there->live.owner.empty() ? nullptr : &there->live.owner;
}

Value View::value_of(const Object& object, std::string_view property) const {
  if (const auto* value = object.find(property)) return *value;
  if (is_live()) return {};
  const auto* row = kinds::find_property(kinds::of(object.id.kind), property);
  const bool applies = row != nullptr && (row->applies == nullptr || row->applies(object));
  return applies && row->absent == kinds::Absent::Reset ? kinds::default_of(*row) : Value();
}

std::optional<int64_t> View::number_of(const Object& object, std::string_view property) const {
  const auto value = value_of(object, property);
  const auto* number = std::get_if<int64_t>(&value.data);
  return number == nullptr ? std::nullopt : std::optional(*number);
}

QualifiedName View::tag(const std::string& written) const {
  return mesh().as_live(ObjectId{KindId::Tag, *QualifiedName::parse(written)}).name;
}

const Attachment* View::tag_on(const Bearer& bearer, const QualifiedName& tag) const {
  const auto it = state().attachments.find({bearer, KindId::Tag, tag});
  return it == state().attachments.end() ? nullptr : &it->second;
}

// Tags are inherited from what contains an object, the nearest counts (object-tagging/inheritance).
const Attachment* View::tag_over(const Bearer& bearer, const QualifiedName& tag) const {
  if (const auto* own = tag_on(bearer, tag)) return own;
  if (bearer.column) {
    if (const auto* table = tag_on({bearer.object, std::nullopt}, tag)) return table;
  }
  for (auto above = bearer.object.name.parent(); !above.empty(); above = above.parent()) {
    const auto kind = above.depth() == 1 ? KindId::Database : KindId::Schema;
    if (const auto* found = tag_on({{kind, above}, std::nullopt}, tag)) return found;
  }
  return nullptr;
}

bool View::has_any_tag(const Bearer& bearer) const {
  const auto it = state().attachments.lower_bound({bearer, KindId::Tag, {}});
  return it != state().attachments.end() && it->first.bearer == bearer && it->first.kind == KindId::Tag;
}

const Attachment* View::policy_on(const Bearer& bearer, KindId policy) const {
  const auto it = state().attachments.find({bearer, policy, {}});
  return it == state().attachments.end() ? nullptr : &it->second;
}

const std::map<QualifiedName, std::vector<QualifiedName>>& View::protecting_tags() const {
  if (!protecting_) {
    protecting_.emplace();
    for (const auto& [key, attachment] : state().attachments) {
      if (key.bearer.object.kind == KindId::Tag && key.kind == KindId::MaskingPolicy)
        (*protecting_)[key.bearer.object.name].push_back(attachment.name);
    }
  }
  return *protecting_;
}

bool View::is_masked(const Object& object, const Column& column) const {
  const Bearer bearer{object.id, column.name};
  if (policy_on(bearer, KindId::MaskingPolicy) != nullptr) return true;
  for (const auto& [tag, policies] : protecting_tags()) {
    if (tag_over(bearer, tag) == nullptr) continue;
    for (const auto& policy : policies) {
      const auto* known = state().find({KindId::MaskingPolicy, policy});
      const std::string family = known == nullptr ? std::string() : family_of(*known);
      // A tag protects columns of the policy's type alone (tag-based-masking-policies).
      if (family.empty() || column.type.family().empty() || family == column.type.family()) return true;
    }
  }
  return false;
}

bool View::knows_tags_of(const Object& object) const {
  return !is_live() || input_.live->attachments_read.count(object.id) > 0;
}

std::string View::mend(const ObjectId& id, const std::string& sql, const std::string& yaml) const {
  if (!is_live()) return yaml;
  return declared(id) == nullptr ? sql : fmt::format("{} In its manifest, if it is so there too: {}", sql, yaml);
}

bool matches_any(const std::vector<std::string>& patterns, std::string_view name) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const std::string& pattern) { return glob_match(pattern, name); });
}

std::string alter(const ObjectId& id, std::string_view what) {
  return fmt::format("ALTER {} {} {};", kinds::of(id.kind).sql, id.display(), what);
}

}  // namespace mesh::check
