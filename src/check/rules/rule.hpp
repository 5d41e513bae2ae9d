#pragma once
// What a rule sees, and what it says. A rule is a constant with its facts and one function.

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "mesh/check/column_readings.hpp"
#include "mesh/check/rules.hpp"
#include "mesh/kinds/kind.hpp"

namespace mesh::check {

// A thing that a rule looks at.
struct Subject {
  std::string shown;    // its address, as this run spells names
  std::string written;  // the same as a manifest would, without the environment's suffix
  std::string name;     // of what it is or is on, without its kind, as a manifest would
  std::string domain;   // whose it is; empty: the mesh's
  Place place;
};

// The parameters of one rule, as set or by default.
class Parameters {
 public:
  explicit Parameters(std::map<std::string, Value, std::less<>> values) : values_(std::move(values)) {}
  bool has(std::string_view name) const { return values_.count(name) > 0; }
  std::string text(std::string_view name) const;
  int64_t number(std::string_view name) const;
  bool flag(std::string_view name) const;
  std::vector<std::string> texts(std::string_view name) const;
  std::vector<KindId> kinds(std::string_view name) const;
  std::vector<std::pair<std::string, std::vector<std::string>>> lists(std::string_view name) const;

 private:
  std::map<std::string, Value, std::less<>> values_;
};

// The manifests (validate, plan), or the account (drift), with what both share.
class View {
 public:
  explicit View(const RuleInput& input) : input_(input) {}

  bool is_live() const { return input_.point == RunPoint::Drift; }
  const RuleInput& input() const { return input_; }
  const Mesh& mesh() const { return input_.mesh; }
  const State& state() const { return is_live() ? input_.live->state : input_.desired.state; }

  // The objects that the mesh is asked about: declared ones; in an account what domains own, but for what Snowflake
  // made itself and what mesh keeps there.
  void each_object(const std::function<void(const Object&)>& visit) const;
  void each_object(KindId kind, const std::function<void(const Object&)>& visit) const;
  // Grants on them, on the account, and to their roles.
  void each_grant(const std::function<void(const Grant&)>& visit) const;

  Subject subject(const ObjectId& id) const;
  Subject subject(const Object& object) const { return subject(object.id); }
  Subject subject(const Object& object, const Column& column) const;
  Subject subject(const Bearer& bearer, Place place) const;
  Subject subject(const Grant& grant) const;
  Subject subject(const Membership& membership) const;
  Subject subject(const Domain& domain) const;
  Subject subject(const Product& product) const;  // "product sales/orders@1"
  Subject subject(const Product& product, const Port& port) const;
  Subject subject(const Agreement& agreement) const;
  // A name of this run as a manifest would have it, where this run speaks of manifests.
  ObjectId shown(const ObjectId& id) const;
  Grantee shown(const Grantee& grantee) const;
  Name written(const Name& name) const { return mesh().as_written(name); }

  const Products& products() const;
  // As they stand on the day of the run; they point into products().
  std::vector<Agreement> agreements() const { return mesh::agreements(products(), input_.date); }

  const Domain* domain_of(const ObjectId& id) const;
  const Domain* domain_of(const Grantee& grantee) const;
  // The declared object of the same name.
  const Object* declared(const ObjectId& id) const { return input_.desired.state.find(id); }

  // Stated, or what is there already; nullptr: not known.
  const Name* owner_of(const Object& object) const;
  // Stated or read, or the default that a manifest without it means; null: none.
  Value value_of(const Object& object, std::string_view property) const;
  std::optional<int64_t> number_of(const Object& object, std::string_view property) const;

  // A tag as `rules:` names it.
  QualifiedName tag(const std::string& written) const;
  // Set on the bearer itself; nullptr: not set.
  const Attachment* tag_on(const Bearer& bearer, const QualifiedName& tag) const;
  // On it or on what it is in, the nearest.
  const Attachment* tag_over(const Bearer& bearer, const QualifiedName& tag) const;
  bool has_any_tag(const Bearer& bearer) const;
  const Attachment* policy_on(const Bearer& bearer, KindId policy) const;
  // A masking policy of its own or by a tag that protects columns of this type.
  bool is_masked(const Object& object, const Column& column) const;
  // Whether tags and policies of the object are known: always in manifests, in an account where they were read.
  bool knows_tags_of(const Object& object) const;

  // What mends it: a statement for the account, lines for a manifest. Both where a declared thing is looked at in an
  // account.
  std::string mend(const ObjectId& id, const std::string& sql, const std::string& yaml) const;

 private:
  bool is_ours(const ObjectId& id) const;
  const std::map<QualifiedName, std::vector<QualifiedName>>& protecting_tags() const;

  const RuleInput& input_;
  mutable std::optional<std::map<QualifiedName, std::vector<QualifiedName>>> protecting_;
};

struct Finding {
  Subject subject;
  std::string message, help;
};

// What one rule looked at and found.
class Findings {
 public:
  void covers(const Subject& subject) { covered_.push_back(subject); }
  void add(Subject subject, std::string message, std::string help) {
    found_.push_back({std::move(subject), std::move(message), std::move(help)});
  }
  // Looked at, and wrong where there is a message.
  void judge(const Subject& subject, const std::string& message, const std::string& help) {
    covers(subject);
    if (!message.empty()) add(subject, message, help);
  }
  const std::vector<Subject>& covered() const { return covered_; }
  const std::vector<Finding>& found() const { return found_; }

 private:
  std::vector<Subject> covered_;
  std::vector<Finding> found_;
};

struct Rule {
  RuleInfo info;
  void (*check)(const View& view, const Parameters& parameters, Findings& findings) = nullptr;
};

const std::vector<const Rule*>& catalogue();  // in its order

// Words that rules share.
bool matches_any(const std::vector<std::string>& patterns, std::string_view name);
std::string alter(const ObjectId& id, std::string_view what);  // "ALTER WAREHOUSE X <what>;"

}  // namespace mesh::check
