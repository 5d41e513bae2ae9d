#pragma once
// The catalogue as queries see it (query.hpp).

#include <string>
#include <vector>

#include "derived.hpp"
#include "query.hpp"
#include "running.hpp"

namespace mesh::sandbox {

class CatalogRelations : public Relations {
 public:
  // Without `protect` rows are read as they are: the work of DDL, not of a query.
  CatalogRelations(Running& run, std::vector<ResultSet> piped, bool protect = true)
      : run_(run), piped_(std::move(piped)), protect_(protect) {}
  // Notes what the query of `top` reads.
  CatalogRelations(Running& run, const StoredView* top, Derived& read) : run_(run), top_(top), read_(&read) {}

  Relation resolve(const Session& session, const std::vector<std::string>& parts, const std::string& privilege,
                   const StoredView* inside) override;
  Relation table_function(const Session& session, const std::vector<std::string>& parts,
                          const std::vector<std::pair<std::string, Cell>>& arguments) override;
  std::vector<ResultSet> piped() override { return piped_; }
  std::vector<std::string> session_roles() override;
  std::vector<std::string> session_database_roles(const std::string& database) override;
  std::vector<std::string> available_roles() override;
  Cell tag_function(std::string_view function, const std::vector<std::string>& arguments,
                    const std::vector<std::string>& place) override;

 private:
  Relation relation(const Object& object, const std::string& privilege);
  Relation of_other_account(const Object& object);
  void note(Id id, const StoredView* inside);

  Running& run_;
  std::vector<ResultSet> piped_;
  bool protect_ = true;
  const StoredView* top_ = nullptr;
  Derived* read_ = nullptr;
};

// The columns a query would give, or its error thrown. The objects it reads are noted in `read`, if there is one.
std::vector<StoredColumn> describe(Running& run, const std::string& query, const StoredView* inside,
                                   Derived* read = nullptr);

// The table as the query part knows it, without database and schema: it need not be in the catalogue yet.
StoredTable table_layout(const Object& table);
// The type of an expression over the table's columns, as a column would have it, or its error thrown.
std::string expression_type(Running& run, const StoredTable& table, const std::string& expression);

// Views and their like: what is made of a query, which its owner reads.
bool reads_with_owner(Kind kind);

// A view of INFORMATION_SCHEMA of the database with the rows the session's roles may see; nullopt where there is none
// of the name.
std::optional<ResultSet> information_schema(Running& run, const Object& database, std::string_view view);
// The names of the views there are.
std::vector<std::string_view> information_schema_views();
// A view of SNOWFLAKE.ACCOUNT_USAGE; one that the sandbox does not have is refused by name (000002).
ResultSet account_usage(Running& run, std::string_view view);
ResultSet local_view(Running& run, std::string_view view);  // the same of SNOWFLAKE.LOCAL
// INFORMATION_SCHEMA.QUERY_HISTORY and its _BY_ forms; nullopt for other functions.
std::optional<ResultSet> history_function(Running& run, std::string_view function,
                                          const std::vector<std::pair<std::string, Cell>>& arguments);

}  // namespace mesh::sandbox
