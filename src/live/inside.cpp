#include "mesh/live/inside.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "asks.hpp"
#include "mesh/base/text.hpp"
#include "objects.hpp"
#include "statements.hpp"

namespace mesh::live {
namespace {

constexpr std::string_view kInformationSchema = "INFORMATION_SCHEMA";

// What sql-reference/sql/show lists under database objects and classes, and pages of its own
// (show-artifact-repositories, show-application-services, show-multi-party-approval-policies); without what is part of
// something else or shipped. NOTEBOOK PROJECTS is the older word for CODE BUNDLES. That OPENFLOW CONNECTORS lie in
// schemas is unconfirmed: where they do not, Snowflake refuses the question.
constexpr std::array<std::string_view, 48> kUnmanaged = {"AGENTS",
                                                         "APPLICATION SERVICES",
                                                         "ARTIFACT REPOSITORIES",
                                                         "BACKUP POLICIES",
                                                         "BACKUP SETS",
                                                         "CODE BUNDLES",
                                                         "CORTEX SEARCH SERVICES",
                                                         "DATA MOVEMENT POLICIES",
                                                         "DATA MOVEMENT RULES",
                                                         "DATASETS",
                                                         "DBT PROJECTS",
                                                         "DCM PROJECTS",
                                                         "EVENT TABLES",
                                                         "EXPERIMENTS",
                                                         "EXTERNAL AGENTS",
                                                         "EXTERNAL FUNCTIONS",
                                                         "FEATURE POLICIES",
                                                         "GATEWAYS",
                                                         "GIT REPOSITORIES",
                                                         "HYBRID TABLES",
                                                         "ICEBERG TABLES",
                                                         "IMAGE REPOSITORIES",
                                                         "INTERACTIVE TABLES",
                                                         "MAINTENANCE POLICIES",
                                                         "MCP SERVERS",
                                                         "MODEL MONITORS",
                                                         "MODELS",
                                                         "MULTI PARTY APPROVAL POLICIES",
                                                         "NOTEBOOK PROJECTS",
                                                         "NOTEBOOKS",
                                                         "ONLINE FEATURE TABLES",
                                                         "OPENFLOW CONNECTORS",
                                                         "PACKAGES POLICIES",
                                                         "PRIVACY POLICIES",
                                                         "RESTRICTED SESSION SCOPES",
                                                         "SECRETS",
                                                         "SEMANTIC VIEWS",
                                                         "SERVICES",
                                                         "SNAPSHOTS",
                                                         "STORAGE LIFECYCLE POLICIES",
                                                         "STREAMLITS",
                                                         "TYPES",
                                                         "WORKSPACES",
                                                         "SNOWFLAKE.CORE.BUDGET",
                                                         "SNOWFLAKE.DATA_PRIVACY.CUSTOM_CLASSIFIER",
                                                         "SNOWFLAKE.ML.ANOMALY_DETECTION",
                                                         "SNOWFLAKE.ML.CLASSIFICATION",
                                                         "SNOWFLAKE.ML.FORECAST"};

bool is_managed(std::string_view words) {
  const auto all = kinds::all();
  return std::any_of(all.begin(), all.end(), [&](const kinds::Kind* kind) {
    return iequals(kinds::listed_as(*kind), words) || iequals(kind->sql_plural, words);
  });
}

// SHOW PROCEDURES and the like list what Snowflake ships; that has no database. Answers that tell no database are of
// the container alone.
bool lies_in(const QualifiedName& container, const Rows& rows, const Row& row, std::string_view database_column) {
  const Field database(rows, database_column), schema(rows, "schema_name");
  if (database.exists() && database.name(row) != container.first()) return false;
  if (schema.in(row) == kInformationSchema) return false;
  return container.depth() < 2 || !schema.exists() || schema.name(row) == container.last();
}

}  // namespace

std::vector<std::string_view> unmanaged_lists() {
  std::vector<std::string_view> all(kUnmanaged.begin(), kUnmanaged.end());
  std::erase_if(all, [](std::string_view words) { return is_managed(words); });
  return all;
}

bool is_unknown_list(const StatementError& error) {
  // 000002: unsupported feature; 001003: syntax; a class that is not there is missing as objects are.
  return error.from_server && (error.code == "000002" || error.code == "001003" || error.is_missing_or_hidden());
}

Inside::Inside(const Mesh& mesh, const Live& live, ObjectId container, const std::string& domain)
    : live_(live), container_(std::move(container)) {
  const std::string reader = mesh.plan_role(domain), maker = mesh.deploy_role(domain);
  for (const auto* kind : kinds::all()) {
    const bool is_table = kind->id == KindId::Table || kind->id == KindId::View;
    const bool in_database = kind->scope == kinds::Scope::Database && container_.kind == KindId::Database;
    if (!(kind->scope == kinds::Scope::Schema || in_database)) continue;
    // Diff has dealt with them, and there may be more of them than SHOW tells at once.
    if (is_table && was_read_whole()) continue;
    // Instances of classes are listed for who made them (show-classification-profile).
    const bool by_maker = kind->is_instance && !maker.empty();
    ask({kinds::listed_as(*kind), kind, true}, {reader, std::string()}, by_maker ? maker : reader);
  }
  for (const auto words : unmanaged_lists()) ask({words, nullptr, true}, {reader, std::string()}, reader);
}

void Inside::ask(const List& list, const std::set<std::string>& roles, const std::string& first) {
  std::vector<std::string> asking = {first};
  std::copy_if(roles.begin(), roles.end(), std::back_inserter(asking), [&](const auto& role) { return role != first; });
  for (const auto& role : asking) {
    lists_.push_back({list.words, list.kind, role == first});
    queries_.push_back({show_in(sql::Keyword::of_table(list.words), container_), role, {}, {}, true, false});
  }
}

bool Inside::was_read_whole() const {
  const auto is_read = [&](const ObjectId& id) { return live_.read_containers.count(id) > 0; };
  if (container_.kind == KindId::Schema) return is_read(container_);
  if (!is_read(container_)) return false;
  const auto& objects = live_.state.objects;
  return std::all_of(objects.begin(), objects.end(), [&](const auto& each) {
    return each.first.kind != KindId::Schema || !each.first.name.is_under(container_.name) || is_read(each.first);
  });
}

std::vector<QualifiedName> names_in(const ObjectId& container, const Rows& rows) {
  const Field name(rows, "name"), database(rows, "database_name"), schema(rows, "schema_name");
  std::vector<QualifiedName> names;
  for (const auto& row : rows.rows) {
    if (!lies_in(container.name, rows, row, database.exists() ? "database_name" : "catalog_name")) continue;
    const bool tells = container.kind == KindId::Database && schema.exists();
    names.push_back((tells ? container.name.child(schema.name(row)) : container.name).child(name.name(row)));
  }
  return names;
}

// Of a kind that mesh manages: those that were not read with the rest.
std::vector<ObjectId> Inside::unread(const kinds::Kind& kind, const Rows& rows) const {
  const ObjectRows reader(kind.id, rows);
  std::vector<ObjectId> all;
  for (const auto& row : rows.rows) {
    if (!reader.is_of_kind(row) || !lies_in(container_.name, rows, row, kind.database_column)) continue;
    ObjectId id{kind.id, reader.name(row, container_.name), reader.arguments(row)};
    const bool is_information = id.kind == KindId::Schema && id.name.last().stored() == kInformationSchema;
    if (!is_information && live_.state.find(id) == nullptr) all.push_back(std::move(id));
  }
  return all;
}

// The first that nobody has named yet; empty: there is none.
std::string Inside::stranger(const List& list, const Rows& rows, std::set<std::string>& named) const {
  if (list.kind != nullptr) {
    for (const auto& id : unread(*list.kind, rows)) {
      if (named.insert(id.address()).second) return id.address();
    }
    return {};
  }
  for (const auto& name : names_in(container_, rows)) {
    if (named.insert(name.display()).second) return fmt::format("{} (SHOW {})", name.display(), list.words);
  }
  return {};
}

std::string Inside::failure(const List& list, const StatementError& error) const {
  if (!list.must_succeed) return {};
  // What mesh knows is documented for every account, but for editions without it; of classes that is unconfirmed.
  const bool may_lack = list.kind == nullptr || list.kind->is_instance;
  if (may_lack ? is_unknown_list(error) : error.code == "000002") return {};
  return fmt::format("{} could not be looked into before its drop (SHOW {}): {}", container_.address(), list.words,
                     error.message);
}

std::vector<std::string> Inside::strangers(const std::vector<Reply>& replies) const {
  std::vector<std::string> all;
  std::set<std::string> named;
  for (size_t i = 0; i < replies.size(); ++i) {
    const auto& list = lists_[i];
    if (!replies[i]) {
      if (auto why = failure(list, replies[i].error()); !why.empty()) all.push_back(std::move(why));
      continue;
    }
    if (const auto found = stranger(list, *replies[i], named); !found.empty()) {
      all.push_back(fmt::format("{} holds {}, which mesh did not make", container_.address(), found));
    } else if (replies[i]->rows.size() >= kRowLimit) {
      all.push_back(fmt::format("{} holds {} or more of SHOW {}, and Snowflake tells of no more", container_.address(),
                                kRowLimit, list.words));
    }
  }
  return all;
}

}  // namespace mesh::live
