#include "mesh/check/login.hpp"

#include <algorithm>

#include "mesh/base/text.hpp"
#include "mesh/kinds/settings.hpp"

namespace mesh::check {
namespace {

constexpr KindId kPolicy = KindId::AuthenticationPolicy;

// The policy of the account that the change is about; nullptr: it is about something else.
const kinds::Setting* setting_of(const Change& change) {
  if (!change.object || change.object->kind != KindId::AccountParameter) return nullptr;
  const auto* setting = kinds::find_setting(change.object->name.last().stored());
  const bool is_policy = setting != nullptr && setting->type == kinds::SettingType::Policy;
  return is_policy && kinds::policy_kind(*setting) == kPolicy ? setting : nullptr;
}

bool is_own(const Change& change, const std::string& user) {
  return change.bearer && change.bearer->object.kind == KindId::User && change.kind == kind_words(kPolicy) &&
         change.bearer->object.name.last().stored() == user;
}

// The line that changes the user's type; nullptr: none does.
const DiffLine* type_of(const Change& change, const std::string& user) {
  const bool is_user =
      change.object && change.object->kind == KindId::User && change.object->name.last().stored() == user;
  if (!is_user || change.statements.empty()) return nullptr;
  const auto it = std::find_if(change.diff.begin(), change.diff.end(),
                               [](const DiffLine& line) { return line.property == "type"; });
  return it == change.diff.end() ? nullptr : &*it;
}

bool is_policy(const Change& change) { return change.object && change.object->kind == kPolicy; }

std::optional<QualifiedName> named(const std::string& text) {
  auto name = QualifiedName::parse(text);
  return name ? std::optional(*name) : std::nullopt;
}

// PERSON_USERS for persons (page alter-account); of other types, SERVICE_AGENT say, it has nothing but the account's.
std::vector<kinds::ForUsers> possible_types(const Login& login) {
  if (!login.type) return {kinds::ForUsers::Person, kinds::ForUsers::Service};
  if (*login.type == "PERSON") return {kinds::ForUsers::Person};
  if (*login.type == "SERVICE" || *login.type == "LEGACY_SERVICE") return {kinds::ForUsers::Service};
  return {kinds::ForUsers::All};
}

class Walk {
 public:
  Walk(const Login& login, const Desired& desired) : now_(login), desired_(desired), types_(possible_types(login)) {
    // It is logged in: of another type, or by what this model does not know.
    std::erase_if(types_, [this](kinds::ForUsers type) { return !lets_in(in_force(type)); });
  }

  std::optional<LoggedOut> run(const std::vector<Change>& changes) {
    for (const auto& change : changes) {
      if (!types_.empty()) follow(change);
    }
    return found_;
  }

 private:
  void follow(const Change& change) {
    if (is_policy(change)) return alter(change);
    if (const auto* type = type_of(change, now_.user)) {
      now_.type = type->after.text() == nullptr ? "PERSON" : *type->after.text();
      types_ = possible_types(now_);
      return look(change, false);
    }
    if (is_own(change, now_.user)) {
      if (change.action == Action::Set) now_.own = named(change.name);
      if (change.action == Action::Unset) now_.own.reset();
      return look(change, false);
    }
    const auto* setting = setting_of(change);
    const bool changes_it = setting != nullptr && !change.statements.empty();  // taken over, or forgotten: it stays
    if (!changes_it) return;
    const std::string scope(kinds::target_scope(*setting));
    const bool has_next = change.action != Action::Drop;
    if (has_next && change.statements.size() > 1) {
      now_.on_account.erase(scope);
      look(change, true);
    }
    const auto* after = change.diff.front().after.text();
    const auto policy = has_next && after != nullptr ? named(*after) : std::nullopt;
    now_.on_account.erase(scope);
    if (policy) now_.on_account.emplace(scope, *policy);
    look(change, false);
  }

  void alter(const Change& change) {
    const Object* policy = desired_.state.find(*change.object);
    if (policy == nullptr) return;
    if (change.action == Action::Rename && policy->renamed_from) return rename(*policy->renamed_from, policy->id.name);
    if (change.action == Action::Create) {
      now_.methods[policy->id.name] = methods_in(policy->find("authentication_methods"));
    } else {
      const auto line = std::find_if(change.diff.begin(), change.diff.end(),
                                     [](const DiffLine& each) { return each.property == "authentication_methods"; });
      if (line == change.diff.end() || change.statements.empty()) return;
      now_.methods[policy->id.name] = methods_in(&line->after);
    }
    look(change, false);
  }

  static std::vector<std::string> methods_in(const Value* value) {
    const auto* list = value == nullptr ? nullptr : std::get_if<ValueList>(&value->data);
    if (list == nullptr) return {"ALL"};  // its default, and what absent means
    std::vector<std::string> all;
    for (const auto& each : *list) all.push_back(*each.text());
    return all;
  }

  void rename(const QualifiedName& from, const QualifiedName& to) {
    if (now_.own == from) now_.own = to;
    for (auto& [scope, name] : now_.on_account) {
      if (name == from) name = to;
    }
    if (const auto it = now_.methods.find(from); it != now_.methods.end()) now_.methods[to] = it->second;
  }

  // Its own, then that of its type, then the account's; nullptr: Snowflake's built-in one, which has all.
  const QualifiedName* in_force(kinds::ForUsers type) const {
    if (now_.own) return &*now_.own;
    const auto settings = kinds::policy_settings(kPolicy);
    for (const auto users : {type, kinds::ForUsers::All}) {
      const auto setting =
          std::find_if(settings.begin(), settings.end(), [&](const auto* each) { return each->users == users; });
      const auto it = now_.on_account.find(kinds::target_scope(**setting));
      if (it != now_.on_account.end()) return &it->second;
    }
    return nullptr;
  }

  bool lets_in(const QualifiedName* policy) const {
    const auto methods = policy == nullptr ? now_.methods.end() : now_.methods.find(*policy);
    if (methods == now_.methods.end()) return true;
    return std::any_of(methods->second.begin(), methods->second.end(),
                       [&](const std::string& each) { return each == "ALL" || each == now_.method; });
  }

  // What is certain counts more than what came before it and is not.
  void look(const Change& change, bool for_a_moment) {
    if (found_ && found_->certain) return;
    size_t out = 0;
    const QualifiedName* by = nullptr;
    for (const auto type : types_) {
      const auto* policy = in_force(type);
      if (lets_in(policy)) continue;
      by = policy;
      ++out;
    }
    const bool certain = out == types_.size();
    if (by == nullptr || (found_ && !certain)) return;
    found_ = LoggedOut{change.address, change.place, *by, now_.methods.at(*by), for_a_moment, certain};
  }

  Login now_;
  const Desired& desired_;
  std::vector<kinds::ForUsers> types_;
  std::optional<LoggedOut> found_;
};

}  // namespace

const Change* first_about_logins(const std::vector<Change>& changes, const std::string& user) {
  const auto it = std::find_if(changes.begin(), changes.end(), [&](const Change& change) {
    const bool alters = is_policy(change) && change.action == Action::Update;
    return alters || setting_of(change) != nullptr || is_own(change, user) || type_of(change, user) != nullptr;
  });
  return it == changes.end() ? nullptr : &*it;
}

std::set<QualifiedName> policies_to_know(const Login& login, const std::vector<Change>& changes) {
  std::set<QualifiedName> all;
  if (login.own) all.insert(*login.own);
  for (const auto& [scope, name] : login.on_account) all.insert(name);
  for (const auto& change : changes) {
    const auto* setting = setting_of(change);
    const auto* after = setting == nullptr || change.diff.empty() ? nullptr : change.diff.front().after.text();
    const auto next = after != nullptr                                             ? named(*after)
                      : is_own(change, login.user) && change.action == Action::Set ? named(change.name)
                                                                                   : std::nullopt;
    if (next) all.insert(*next);
  }
  for (const auto& change : changes) {
    const bool is_new = change.action == Action::Create || change.action == Action::Rename;
    if (is_policy(change) && is_new) all.erase(change.object->name);
  }
  return all;
}

std::optional<LoggedOut> find_logged_out(const Login& login, const std::vector<Change>& changes,
                                         const Desired& desired) {
  return Walk(login, desired).run(changes);
}

}  // namespace mesh::check
