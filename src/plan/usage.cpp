#include "mesh/plan/usage.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "mesh/base/text.hpp"
#include "mesh/kinds/kind.hpp"
#include "mesh/sql/writer.hpp"

namespace mesh {
namespace {

constexpr int kDaysOfReads = 90;

// As the account has them.
std::map<std::string, std::set<QualifiedName>> broken_objects(const Mesh& mesh, const std::vector<ProductImpact>& all) {
  std::map<std::string, std::set<QualifiedName>> by_domain;
  for (const auto& product : all) {
    for (const auto& impact : product.changes) {
      if (impact.change.step != Step::Major) continue;
      for (const auto& name : impact.objects)
        by_domain[product.domain].insert(mesh.as_live({KindId::Table, name}).name);
    }
  }
  std::erase_if(by_domain, [](const auto& entry) { return entry.second.empty(); });
  return by_domain;
}

std::string dependencies_of(const std::set<QualifiedName>& objects) {
  sql::Writer writer;
  writer.kw(R"(SELECT "REFERENCED_DATABASE", "REFERENCED_SCHEMA", "REFERENCED_OBJECT_NAME", "REFERENCING_DATABASE",)");
  writer.kw(R"("REFERENCING_SCHEMA", "REFERENCING_OBJECT_NAME", "REFERENCING_OBJECT_DOMAIN")");
  writer.kw(R"(FROM "SNOWFLAKE"."ACCOUNT_USAGE"."OBJECT_DEPENDENCIES" WHERE)");
  bool first = true;
  for (const auto& object : objects) {
    if (!first) writer.kw("OR");
    first = false;
    const auto& parts = object.parts();
    writer.open().kw(R"("REFERENCED_DATABASE")").equals().text(parts[0].stored());
    writer.kw(R"(AND "REFERENCED_SCHEMA")").equals().text(parts[1].stored());
    writer.kw(R"(AND "REFERENCED_OBJECT_NAME")").equals().text(parts[2].stored()).close();
  }
  return writer.take();
}

// What queries named themselves: a view in a port counts, and not the tables below it. The history tells users; whose
// role it was stands in QUERY_HISTORY.
std::string reads_of(const std::set<QualifiedName>& objects) {
  sql::Writer writer;
  writer.kw(R"(SELECT Q."ROLE_NAME", O."VALUE":"objectName"::VARCHAR AS "OBJECT_NAME",)");
  writer.kw(R"(C."VALUE":"columnName"::VARCHAR AS "COLUMN_NAME", COUNT(DISTINCT A."QUERY_ID") AS "QUERIES",)");
  writer.kw(R"(TO_CHAR(MAX(A."QUERY_START_TIME"), 'YYYY-MM-DD') AS "LAST_READ")");
  writer.kw(R"(FROM "SNOWFLAKE"."ACCOUNT_USAGE"."ACCESS_HISTORY" A)");
  writer.kw(R"(JOIN "SNOWFLAKE"."ACCOUNT_USAGE"."QUERY_HISTORY" Q ON Q."QUERY_ID" = A."QUERY_ID",)");
  writer.kw(R"(LATERAL FLATTEN(INPUT => A."DIRECT_OBJECTS_ACCESSED") O,)");
  writer.kw(R"(LATERAL FLATTEN(INPUT => O."VALUE":"columns") C)");
  writer.kw(R"(WHERE A."QUERY_START_TIME" > DATEADD('day', -)").number(kDaysOfReads);
  writer.kw(R"(, CURRENT_TIMESTAMP()) AND O."VALUE":"objectName"::VARCHAR IN)").open();
  bool first = true;
  for (const auto& object : objects) {
    if (!first) writer.comma();
    first = false;
    writer.text(object.display());
  }
  writer.close().kw(R"(GROUP BY Q."ROLE_NAME", "OBJECT_NAME", "COLUMN_NAME")");
  writer.kw(R"(ORDER BY Q."ROLE_NAME", "OBJECT_NAME", "COLUMN_NAME")");
  return writer.take();
}

QualifiedName name_in(const Rows& rows, size_t row, const char* database, const char* schema, const char* name) {
  return QualifiedName({Name::exact(std::string(rows.at(row, database))),
                        Name::exact(std::string(rows.at(row, schema))), Name::exact(std::string(rows.at(row, name)))});
}

class Evidence {
 public:
  Evidence(const Mesh& mesh, const State& desired, std::vector<ProductImpact>& all)
      : mesh_(mesh), desired_(desired), all_(all) {}

  void take(const UsageInquiry& inquiry, const Rows& rows) {
    for (size_t row = 0; row < rows.rows.size(); ++row) {
      if (inquiry.source == UsageSource::Dependencies) {
        dependency(inquiry.domain, rows, row);
      } else {
        read(inquiry.domain, rows, row);
      }
    }
  }

 private:
  bool is_declared(const QualifiedName& name) const {
    const auto kinds = kinds::relations();
    return std::any_of(kinds.begin(), kinds.end(), [&](KindId kind) { return desired_.find({kind, name}) != nullptr; });
  }

  void dependency(const std::string& domain, const Rows& rows, size_t row) {
    const auto base = name_in(rows, row, "REFERENCED_DATABASE", "REFERENCED_SCHEMA", "REFERENCED_OBJECT_NAME");
    const auto user = name_in(rows, row, "REFERENCING_DATABASE", "REFERENCING_SCHEMA", "REFERENCING_OBJECT_NAME");
    if (is_declared(user)) return;  // mesh has read its query
    const auto who = fmt::format("{} {}", to_lower(rows.at(row, "REFERENCING_OBJECT_DOMAIN")), user.display());
    each_change(domain, base, [&](PortImpact& impact) { add(impact, {who, "is built on " + base.last().display()}); });
  }

  // Of the columns that the change is about; where it is about the object, of any.
  void read(const std::string& domain, const Rows& rows, size_t row) {
    const auto object = QualifiedName::parse(rows.at(row, "OBJECT_NAME"));
    const auto role = Name::exact(std::string(rows.at(row, "ROLE_NAME")));
    const Domain* owner = mesh_.owner_of_live(role.stored());
    if (!object || role.stored().empty() || (owner != nullptr && owner->name == domain)) return;
    const auto column = Name::exact(std::string(rows.at(row, "COLUMN_NAME")));
    const auto who = Grantee{GranteeType::Role, QualifiedName({mesh_.as_written(role)})}.display();
    each_change(domain, *object, [&](PortImpact& impact) {
      const auto& columns = impact.change.columns;
      if (!columns.empty() && std::find(columns.begin(), columns.end(), column) == columns.end()) return;
      const auto& hit = impact.consumers;
      if (std::any_of(hit.begin(), hit.end(), [&](const auto& consumer) { return consumer.through == who; })) return;
      add(impact, {who, fmt::format("read {} in {} queries, last on {}", column.display(), rows.at(row, "QUERIES"),
                                    rows.at(row, "LAST_READ"))});
    });
  }

  template <typename Visit>
  void each_change(const std::string& domain, const QualifiedName& live, Visit visit) {
    for (auto& product : all_) {
      if (product.domain != domain) continue;
      for (auto& impact : product.changes) {
        const auto& objects = impact.objects;
        const bool is_hit = std::any_of(objects.begin(), objects.end(), [&](const QualifiedName& name) {
          return mesh_.as_live({KindId::Table, name}).name == live;
        });
        if (impact.change.step == Step::Major && is_hit) visit(impact);
      }
    }
  }

  static void add(PortImpact& impact, Usage usage) {
    auto& all = impact.usage;
    const auto same = [&](const Usage& other) { return other.who == usage.who && other.how == usage.how; };
    if (std::none_of(all.begin(), all.end(), same)) all.push_back(std::move(usage));
  }

  const Mesh& mesh_;
  const State& desired_;
  std::vector<ProductImpact>& all_;
};

const char* name_of(UsageSource source) {
  return source == UsageSource::Dependencies ? "SNOWFLAKE.ACCOUNT_USAGE.OBJECT_DEPENDENCIES"
                                             : "SNOWFLAKE.ACCOUNT_USAGE.ACCESS_HISTORY";
}

// Database roles of SNOWFLAKE (docs: account-usage).
const char* what_it_needs(UsageSource source) {
  return source == UsageSource::Dependencies
             ? "GRANT DATABASE ROLE SNOWFLAKE.OBJECT_VIEWER to the role that asks"
             : "it takes Enterprise Edition, and GRANT DATABASE ROLE SNOWFLAKE.GOVERNANCE_VIEWER to the role that asks";
}

}  // namespace

std::vector<UsageInquiry> usage_inquiries(const Mesh& mesh, const std::vector<ProductImpact>& all) {
  std::vector<UsageInquiry> inquiries;
  for (const auto& [domain, objects] : broken_objects(mesh, all)) {
    inquiries.push_back({UsageSource::Dependencies, domain, dependencies_of(objects)});
    inquiries.push_back({UsageSource::Reads, domain, reads_of(objects)});
  }
  return inquiries;
}

std::vector<Diagnostic> add_usage(const Mesh& mesh, const State& desired, const std::vector<UsageInquiry>& inquiries,
                                  const std::vector<Reply>& replies, std::vector<ProductImpact>& all) {
  std::vector<Diagnostic> unanswered;
  Evidence evidence(mesh, desired, all);
  for (size_t i = 0; i < inquiries.size(); ++i) {
    const auto& inquiry = inquiries[i];
    if (replies[i].ok()) {
      evidence.take(inquiry, *replies[i]);
      continue;
    }
    const auto& error = replies[i].error();
    unanswered.push_back({Severity::Info,
                          "MESH1534",
                          fmt::format("{} does not answer, so nothing is known of uses that it would tell of: {}",
                                      name_of(inquiry.source), join(split(error.message, '\n'), " ")),
                          what_it_needs(inquiry.source),
                          inquiry.domain,
                          {},
                          {}});
  }
  return unanswered;
}

}  // namespace mesh
