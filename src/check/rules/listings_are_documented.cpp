#include <fmt/format.h>

#include "list.hpp"
#include "listing_parts.hpp"
#include "mesh/base/text.hpp"
#include "mesh/sql/references.hpp"
#include "mesh/sql/token.hpp"

namespace mesh::check {
namespace {

// The databases that the listing's share opens.
std::vector<Name> databases_of(const View& view, const Object& listing) {
  std::vector<Name> databases;
  const Value* share = listing.find("share");
  for (const auto& [key, grant] : view.state().grants) {
    const bool is_its =
        share != nullptr && key.grantee.type == GranteeType::Share && Value(key.grantee.name.last().stored()) == *share;
    if (is_its && key.target.form == TargetForm::Object && key.target.object.kind == KindId::Database)
      databases.push_back(key.target.object.name.last());
  }
  return databases;
}

bool is_database(const View& view, const Name& name) {
  return view.state().find({KindId::Database, QualifiedName({name})}) != nullptr;
}

bool is_there(const View& view, const QualifiedName& name) {
  for (const auto kind : mesh::kinds::sources()) {
    if (view.state().find({kind, name}) != nullptr) return true;
  }
  for (const auto kind : {KindId::Function, KindId::Procedure}) {
    const auto it = view.state().objects.lower_bound({kind, name});
    if (it != view.state().objects.end() && it->first.kind == kind && it->first.name == name) return true;
  }
  return false;
}

// Whether a name of an example leads to something: in full; or behind the locator (ULL), or a name that a consumer gave
// to the database, in what the share opens. In databases that nobody declares anything may be.
bool leads_somewhere(const View& view, const std::vector<Name>& shared, const QualifiedName& name) {
  const auto& parts = name.parts();
  if (name.depth() == 3 && is_database(view, parts[0])) return is_there(view, name);
  if (name.depth() < 2) return true;  // in whatever schema the consumer is in
  bool known = !shared.empty();
  for (const auto& database : shared) {
    known &= is_database(view, database);
    if (is_there(view, QualifiedName({database, parts[parts.size() - 2], parts.back()}))) return true;
  }
  return !known;
}

std::string what_is_wrong(const View& view, const std::vector<Name>& shared, const std::string& query) {
  const auto problems = sql::check_fragment(query, sql::FragmentKind::Statement);
  if (!problems.empty()) return problems.front().message;
  for (const auto& reference : sql::find_references(query)) {
    if (reference.is_stage || (reference.is_function && reference.name.depth() < 2)) continue;
    if (!leads_somewhere(view, shared, reference.name)) return fmt::format("there is no {}", reference.name.display());
  }
  return {};
}

std::string dictionary(const View& view, const Object& listing) {
  const Value* featured = listing.find("data_dictionary.featured");
  const auto objects = entries_of(listing, "data_dictionary.featured", "objects");
  if (featured == nullptr || objects.empty()) return "it has no data dictionary";
  const Name database = Name::exact(text_in(*featured, "database"));
  for (const auto& object : objects) {
    const auto name = Name::parse(text_in(object, "name"));
    const auto domain = text_in(object, "domain");
    const bool is_object =
        domain != "DATABASE" && domain != "SCHEMA" && domain != "COLUMN" && domain != "DIRECTORY_TABLE" && name.ok();
    if (!is_object || !is_database(view, database)) continue;
    const QualifiedName full({database, Name::exact(text_in(object, "schema")), *name});
    if (!is_there(view, full))
      return fmt::format("its data dictionary features {}, which there is not", full.display());
  }
  return {};
}

// One that works is enough; else why the first does not.
std::string examples(const View& view, const Object& listing) {
  const auto all = entries_of(listing, "usage_examples");
  if (all.empty()) return "it has no usage example";
  const auto shared = databases_of(view, listing);
  std::string first;
  for (const auto& example : all) {
    const auto why = what_is_wrong(view, shared, text_in(example, "query"));
    if (why.empty()) return {};
    if (first.empty()) first = why;
  }
  return fmt::format("none of its usage examples runs: {}", first);
}

void check(const View& view, const Parameters&, Findings& findings) {
  view.each_object(KindId::Listing, [&](const Object& listing) {
    std::vector<std::string> wrong;
    for (const auto& why : {dictionary(view, listing), examples(view, listing)}) {
      if (!why.empty()) wrong.push_back(why);
    }
    const auto subject = view.subject(listing);
    findings.judge(
        subject, wrong.empty() ? "" : fmt::format("{}: {}", subject.shown, join(wrong, "; ")),
        "write data_dictionary: {featured: {database: …, objects: [{name: …, schema: …, domain: TABLE}]}} and "
        "usage_examples: [{title: …, query: SELECT …}]");
  });
}

}  // namespace

constinit const Rule kListingsAreDocumented = {
    {.id = "listings-are-documented",
     .code = "DOC-02",
     .level = RuleLevel::Warning,
     .points = kBeforeAccount,
     .title = "A listing has a data dictionary, and a usage example that runs.",
     .why = "Who finds it decides by what it shows, and begins with what can be copied.",
     .mend = "Write data_dictionary and usage_examples, of objects that there are."},
    check};

}  // namespace mesh::check
