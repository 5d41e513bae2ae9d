#include "statements.hpp"

#include "asks.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/contacts.hpp"
#include "mesh/kinds/tagging.hpp"

namespace mesh::live {
namespace {

using sql::Keyword;
using sql::Writer;

Writer& grantee(Writer& writer, const Grantee& grantee) {
  switch (grantee.type) {
    case GranteeType::Role:
      return writer.kw("ROLE").name(grantee.name);
    case GranteeType::DatabaseRole:
      return writer.kw("DATABASE ROLE").name(grantee.name);
    case GranteeType::User:
      return writer.kw("USER").name(grantee.name);
    case GranteeType::Share:
      return writer.kw("SHARE").name(grantee.name);
    case GranteeType::ApplicationRole:
      return writer.kw("APPLICATION ROLE").name(grantee.name);
  }
  broken_promise("type of a grantee", __FILE__, __LINE__);
}

Keyword words_of(KindId kind) { return Keyword::of_table(kinds::of(kind).sql); }

}  // namespace

std::string context_statement() {
  return "SELECT CURRENT_ROLE() AS ROLE_NAME, CURRENT_USER() AS USER_NAME, CURRENT_ACCOUNT_NAME() AS ACCOUNT_NAME, "
         "CURRENT_ORGANIZATION_NAME() AS ORGANIZATION_NAME, CURRENT_ACCOUNT() AS LOCATOR, "
         "CURRENT_SECONDARY_ROLES() AS SECONDARY_ROLES";
}

// An environment's account is ORG-ACCOUNT; only a name without hyphen can mean the account alone.
std::string account_name(const Rows& context, const std::string& wanted) {
  const std::string account(context.at(0, "ACCOUNT_NAME"));
  const std::string organization(context.at(0, "ORGANIZATION_NAME"));
  const bool alone = !wanted.empty() && wanted.find('-') == std::string::npos;
  return organization.empty() || alone ? account : organization + "-" + account;
}

std::string session_parameter_statement() { return "SHOW PARAMETERS LIKE 'QUOTED_IDENTIFIERS_IGNORE_CASE'"; }

std::string show(Keyword what) { return Writer().kw("SHOW").kw(what).take(); }

std::string show_in(Keyword what, const ObjectId& container) {
  const auto& kind = kinds::of(container.kind);
  const auto words = Keyword::of_table(kinds::sql_or(kind.sql_as_relation, kind));
  return Writer().kw("SHOW").kw(what).kw("IN").kw(words).name(container).take();
}

std::string show_page(Keyword what, const ObjectId& schema, const std::string& after) {
  Writer writer;
  writer.kw("SHOW").kw(what).kw("IN").kw(words_of(schema.kind)).name(schema.name);
  writer.kw("LIMIT").number(static_cast<int64_t>(kRowLimit));
  if (!after.empty()) writer.kw("FROM").text(after);
  return writer.take();
}

namespace {

Writer describing(const ObjectId& object) {
  const auto& kind = kinds::of(object.kind);
  Writer writer;
  writer.kw("DESCRIBE").kw(Keyword::of_table(kinds::sql_or(kind.sql_once_made, kind))).name(object);
  return writer;
}

}  // namespace

std::string describe(const ObjectId& object) { return describing(object).take(); }

std::string describe_live(const Object& live) {
  const auto tail = kinds::of(live.id.kind).described_as;
  const auto words = tail == nullptr ? std::string_view() : tail(live);
  Writer writer = describing(live.id);
  if (!words.empty()) writer.kw(Keyword::of_table(words));
  return writer.take();
}

std::string select_described(const ObjectId& instance) {
  return Writer().kw("SELECT").call(instance.name, "", "DESCRIBE").close().take();
}

std::string select_function(std::string_view function, const QualifiedName& argument) {
  Writer writer;
  writer.kw("SELECT").kw(Keyword::of_table(function)).open().text(argument.sql());
  return writer.close().take();
}

std::string select_ddl(const ObjectId& id) { return select_ddl(std::vector<ObjectId>{id}); }

// Page functions/get_ddl: VIEW is for materialized views too, DYNAMIC_TABLE one word.
std::string select_ddl(const std::vector<ObjectId>& ids) {
  Writer writer;
  writer.kw("SELECT");
  for (const auto& id : ids) {
    if (&id != &ids.front()) writer.comma();
    const bool is_view = id.kind == KindId::MaterializedView;
    const std::string type = is_view ? "VIEW" : replace_all(std::string(kinds::of(id.kind).sql), " ", "_");
    writer.kw("GET_DDL").open().text(type).comma().text(id.name.sql() + id.arguments).close();
  }
  return writer.take();
}

std::string describe_search_optimization(const ObjectId& table) {
  return Writer().kw("DESCRIBE SEARCH OPTIMIZATION ON").name(table.name).take();
}

std::string select_checks(const Name& database, const std::set<Name>& schemas) {
  const auto view = [&](const char* name) {
    return QualifiedName({database, Name::exact("INFORMATION_SCHEMA"), Name::exact(name)});
  };
  Writer writer;
  writer.kw("SELECT T.TABLE_SCHEMA, T.TABLE_NAME, C.CONSTRAINT_NAME, C.CHECK_CLAUSE FROM").name(view("TABLES"));
  writer.kw("AS T LEFT JOIN").name(view("CHECK_CONSTRAINTS"));
  writer.kw("AS C ON C.CONSTRAINT_SCHEMA = T.TABLE_SCHEMA AND C.CONSTRAINT_TABLE = T.TABLE_NAME");
  writer.kw("WHERE T.TABLE_SCHEMA IN").open();
  for (const auto& schema : schemas) {
    if (schema != *schemas.begin()) writer.comma();
    writer.text(schema.stored());
  }
  return writer.close().take();
}

std::string select_columns(const ObjectId& schema) {
  Writer writer;
  writer.kw("SELECT TABLE_NAME, TABLE_SCHEMA, COLUMN_NAME, DATA_TYPE, CHARACTER_MAXIMUM_LENGTH, NUMERIC_PRECISION,");
  writer.kw("NUMERIC_SCALE, IS_NULLABLE, COLUMN_DEFAULT, IS_IDENTITY, IDENTITY_START, IDENTITY_INCREMENT,");
  writer.kw("IDENTITY_ORDERED, EXPRESSION, COMMENT FROM");
  writer.name(QualifiedName({schema.name.first(), Name::exact("INFORMATION_SCHEMA"), Name::exact("COLUMNS")}));
  writer.kw("WHERE TABLE_SCHEMA =").text(schema.name.last().stored());
  return writer.kw("ORDER BY TABLE_NAME, ORDINAL_POSITION").take();
}

std::string show_in_account(sql::Keyword what) { return Writer().kw("SHOW").kw(what).kw("IN ACCOUNT").take(); }
std::string show_on_account(sql::Keyword what) { return Writer().kw("SHOW").kw(what).kw("ON ACCOUNT").take(); }

namespace {

// TABLE("DB".INFORMATION_SCHEMA.<function>(
Writer call(const Name& database, const char* function, const char* schema = "INFORMATION_SCHEMA") {
  Writer writer;
  writer.kw("TABLE").open();
  writer.name(QualifiedName({database, Name::exact(schema), Name::exact(function)}));
  writer.open();
  return writer;
}

}  // namespace

std::string tag_references(const Name& database, const ObjectId& object, bool of_all_columns) {
  auto writer = call(database, of_all_columns ? "TAG_REFERENCES_ALL_COLUMNS" : "TAG_REFERENCES");
  writer.text(object.name.sql() + object.arguments).comma().text(kinds::tag_domain(object.kind));
  return writer.close().close().take();
}

std::string policy_references(const QualifiedName& policy) {
  auto writer = call(policy.first(), "POLICY_REFERENCES");
  writer.kw("POLICY_NAME =>").text(policy.sql());
  return writer.close().close().take();
}

std::string policy_references_of_tag(const QualifiedName& tag) {
  auto writer = call(tag.first(), "POLICY_REFERENCES");
  writer.kw("REF_ENTITY_NAME =>").text(tag.sql()).comma().kw("REF_ENTITY_DOMAIN => 'TAG'");
  return writer.close().close().take();
}

// Domains: page functions/policy_references; of an external table TABLE, of a materialized view VIEW.
std::string policy_references_on(const ObjectId& relation) {
  const bool is_view = relation.kind == KindId::View || relation.kind == KindId::MaterializedView;
  auto writer = call(relation.name.first(), "POLICY_REFERENCES");
  writer.kw("REF_ENTITY_NAME =>").text(relation.name.sql()).comma();
  writer.kw("REF_ENTITY_DOMAIN =>").text(is_view ? "VIEW" : "TABLE");
  return writer.close().close().take();
}

std::string contacts_of(const ObjectId& object, const QualifiedName& contact) {
  auto writer = call(Name::exact("SNOWFLAKE"), "GET_CONTACTS", "CORE");
  writer.text(object.name.sql()).comma().text(kinds::contact_type(object.kind));
  if (!contact.empty()) writer.comma().text(contact.sql());
  return writer.close().close().take();
}

// Of views the functions want VIEW (governance-reading.md 5; page data_metric_function_expectations).
std::string metrics_of(const ObjectId& relation, bool expectations) {
  auto writer = call(relation.name.first(),
                     expectations ? "DATA_METRIC_FUNCTION_EXPECTATIONS" : "DATA_METRIC_FUNCTION_REFERENCES");
  writer.kw("REF_ENTITY_NAME =>").text(relation.name.sql()).comma();
  writer.kw("REF_ENTITY_DOMAIN =>").text(kinds::of(relation.kind).sql);
  return writer.close().close().take();
}

std::string select_broken_expectations() {
  Writer writer;
  writer.kw("SELECT TABLE_DATABASE, TABLE_SCHEMA, TABLE_NAME, METRIC_DATABASE, METRIC_SCHEMA, METRIC_NAME,")
      .kw("ARGUMENT_NAMES, EXPECTATION_NAME, EXPECTATION_EXPRESSION, VALUE, EXPECTATION_VIOLATED FROM (SELECT * FROM")
      .kw(R"("SNOWFLAKE"."LOCAL"."DATA_QUALITY_MONITORING_EXPECTATION_STATUS")")
      .kw("WHERE MEASUREMENT_TIME >")
      .kw("DATEADD('day', -31, CURRENT_TIMESTAMP()) QUALIFY ROW_NUMBER() OVER (PARTITION BY REFERENCE_ID,")
      .kw("EXPECTATION_ID ORDER BY MEASUREMENT_TIME DESC) = 1) AS LATEST")
      .kw("WHERE EXPECTATION_VIOLATED IS NULL OR EXPECTATION_VIOLATED");
  return writer.take();
}

std::string select_from_calls(const std::vector<std::string>& calls, const std::vector<std::string>& columns) {
  Writer writer;
  for (size_t i = 0; i < calls.size(); ++i) {
    if (i > 0) writer.newline(0).kw("UNION ALL");
    writer.kw("SELECT").number(static_cast<int64_t>(i)).kw("AS").kw(sql::Keyword::of_table(kItemColumn));
    for (const auto& column : columns) writer.comma().kw(sql::Keyword::of_table(column));
    writer.kw("FROM").fragment(SqlText{calls[i], {}});
  }
  return writer.take();
}

std::string show_grants_to(const Grantee& to) {
  Writer writer;
  return grantee(writer.kw("SHOW GRANTS TO"), to).take();
}

std::string show_future_grants_to(const Grantee& to) {
  Writer writer;
  return grantee(writer.kw("SHOW FUTURE GRANTS TO"), to).take();
}

std::string show_grants_on(const GrantTarget& target) {
  if (target.form == TargetForm::Account) return "SHOW GRANTS ON ACCOUNT";
  const auto& kind = kinds::of(target.object.kind);
  const auto words = Keyword::of_table(kinds::sql_or(kind.sql_in_grants, kind));
  return Writer().kw("SHOW GRANTS ON").kw(words).name(target.object).take();
}

std::string show_future_grants_in(const ObjectId& container) {
  return Writer().kw("SHOW FUTURE GRANTS IN").kw(words_of(container.kind)).name(container.name).take();
}

std::string show_grants_of(const ObjectId& role) {
  return Writer().kw("SHOW GRANTS OF").kw(words_of(role.kind)).name(role.name).take();
}

}  // namespace mesh::live
