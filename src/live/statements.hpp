#pragma once
// The statements that read. SHOW needs no warehouse; every name is written whole and quoted.

#include <set>
#include <string>

#include "mesh/kinds/kind.hpp"
#include "mesh/model/connection.hpp"
#include "mesh/model/grants.hpp"
#include "mesh/sql/writer.hpp"

namespace mesh::live {

// One row: who asks, and where.
std::string context_statement();
// The account in its answer, as `wanted` would name it (read_account_name()).
std::string account_name(const Rows& context, const std::string& wanted);
std::string session_parameter_statement();  // QUOTED_IDENTIFIERS_IGNORE_CASE
std::string show(sql::Keyword what);        // SHOW ROLES
std::string show_in(sql::Keyword what, const ObjectId& container);
// A page of a schema's list: names are unique there, so FROM is sound.
std::string show_page(sql::Keyword what, const ObjectId& schema, const std::string& after);
std::string show_in_account(sql::Keyword what);
std::string show_on_account(sql::Keyword what);
std::string describe(const ObjectId& object);
std::string select_described(const ObjectId& instance);  // SELECT "D"."S"."N"!DESCRIBE()
std::string describe_live(const Object& live);           // as it is described in the state it is in
// SELECT FUNCTION('<name>')
// SELECT GET_DDL('FUNCTION', 'D.S.F(NUMBER)'); of materialized views 'VIEW', as the page has it.
std::string select_ddl(const ObjectId& id);
std::string select_ddl(const std::vector<ObjectId>& ids);  // a column each
std::string select_function(std::string_view function, const QualifiedName& argument);

// Table functions of INFORMATION_SCHEMA, for select_from_calls(). What is between databases can be asked in any.
// The object is of a kind with a tag_domain().
std::string tag_references(const Name& database, const ObjectId& object, bool of_all_columns);
std::string policy_references(const QualifiedName& policy);
std::string policy_references_of_tag(const QualifiedName& tag);
std::string policy_references_on(const ObjectId& relation);
// GET_CONTACTS of an object of a kind with a contact_type(): all it has, or that contact alone.
std::string contacts_of(const ObjectId& object, const QualifiedName& contact = {});
// The metric functions on a table or view, or the expectations of all of them.
std::string metrics_of(const ObjectId& relation, bool expectations);
// What the last measurements of a month did not meet, or could not tell (page
// sql-reference/local/data_quality_monitoring_expectation_status).
std::string select_broken_expectations();
// The calls in one statement; kItemColumn says which call a row is of.
inline constexpr std::string_view kItemColumn = "MESH_ITEM";
std::string select_from_calls(const std::vector<std::string>& calls, const std::vector<std::string>& columns);

std::string describe_search_optimization(const ObjectId& table);
// The tables of these schemas that the role sees, each with its CHECK constraints, one a row; a table without any has
// one row. SHOW tells none (table entry, related_reads).
std::string select_checks(const Name& database, const std::set<Name>& schemas);
// All columns of a schema, in their order: what to ask where SHOW COLUMNS has more than it lists (docs: show-columns,
// usage notes).
std::string select_columns(const ObjectId& schema);
std::string show_grants_to(const Grantee& grantee);
std::string show_future_grants_to(const Grantee& grantee);
std::string show_grants_on(const GrantTarget& target);  // an object, or the account
std::string show_future_grants_in(const ObjectId& container);
std::string show_grants_of(const ObjectId& role);

}  // namespace mesh::live
