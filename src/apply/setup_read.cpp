// What an account has of a mesh's set-up.
#include "control_tables.hpp"
#include "mesh/apply/setup.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/ddl.hpp"
#include "mesh/kinds/kind.hpp"
#include "setup.hpp"

namespace mesh::apply {
namespace {

using sql::Keyword;
using sql::Writer;

Query read(std::string sql, const std::string& role) { return {std::move(sql), role, {}, {}, true, false}; }

std::string show_of_role(Keyword form, const std::string& role) {
  return Writer().kw(form).kw("ROLE").name(Name::exact(role)).take();
}

class SetupReader {
 public:
  SetupReader(const Mesh& mesh, const std::function<bool(const std::string&)>& can_take, Connection& connection)
      : mesh_(mesh), can_take_(can_take), connection_(connection) {}

  Result<SetupFacts> run() {
    const auto context = connection_.run(read("SELECT CURRENT_ROLE() AS ROLE_NAME", {}));
    if (!context) return fail(context.error().describe());
    if (!context->rows.empty()) facts_.connection_role = context->at(0, "ROLE_NAME");
    // MANAGE GRANTS sees everything (show-grants); ACCOUNTADMIN stands above it.
    if (facts_.connection_role != "ACCOUNTADMIN" && can_take_(kSecurityAdmin)) reader_ = kSecurityAdmin;
    if (const auto failed = account()) return fail(*failed);
    if (const auto failed = control()) return fail(*failed);
    if (const auto failed = roles()) return fail(*failed);
    return std::move(facts_);
  }

 private:
  using Failed = std::optional<std::string>;

  Failed account() {
    struct List {
      KindId kind;
      const char* statement;
    };
    constexpr List lists[] = {
        {KindId::Role, "SHOW ROLES"}, {KindId::Database, "SHOW DATABASES"}, {KindId::Warehouse, "SHOW WAREHOUSES"}};
    for (const auto& [kind, statement] : lists) {
      const auto reply = connection_.run(read(statement, reader_));
      if (!reply) return reply.error().describe();
      for (size_t row = 0; row < reply->rows.size(); ++row) {
        facts_.owners[{kind, QualifiedName({Name::exact(std::string(reply->at(row, "name")))})}] =
            reply->at(row, "owner");
      }
    }
    const auto users = connection_.run(read("SHOW USERS", reader_));
    if (!users) return users.error().describe();
    for (size_t row = 0; row < users->rows.size(); ++row) facts_.users.emplace(users->at(row, "name"));
    return std::nullopt;
  }

  // Rows of the control schema, none where it is missing or hidden.
  Result<Rows> control_rows(Query query) {
    query.role = role_for_control_;
    auto reply = connection_.run(query);
    if (reply) return std::move(*reply);
    if (reply.error().is_missing_or_hidden()) return Rows{};
    return fail(reply.error().describe());
  }

  Failed control() {
    const auto& control = mesh_.control;
    facts_.control.database = facts_.exists(KindId::Database, control.database.stored());
    facts_.control.warehouse = facts_.exists(KindId::Warehouse, control.warehouse.stored());
    if (!facts_.control.database) return std::nullopt;
    const auto schemas =
        connection_.run(read(Writer().kw("SHOW SCHEMAS IN DATABASE").name(control.database).take(), reader_));
    if (!schemas) return schemas.error().describe();
    for (size_t row = 0; row < schemas->rows.size(); ++row) {
      if (schemas->at(row, "name") != control.schema.stored()) continue;
      facts_.control.schema = true;
      facts_.owners[{KindId::Schema, control_schema(mesh_)}] = schemas->at(row, "owner");
    }
    return facts_.control.schema ? control_contents() : std::nullopt;
  }

  Failed control_contents() {
    const auto& owner = facts_.owners[{KindId::Schema, control_schema(mesh_)}];
    if (!owner.empty() && can_take_(owner)) role_for_control_ = owner;
    const auto tables = control_rows(control_tables_query(mesh_));
    if (!tables) return tables.error().message;
    for (size_t row = 0; row < tables->rows.size(); ++row) facts_.control.tables.emplace(tables->at(row, "name"));
    const auto views = control_rows(ledger_view_query(mesh_));
    if (!views) return views.error().message;
    for (size_t row = 0; row < views->rows.size(); ++row) {
      if (views->at(row, "name") == kLedgerView) facts_.control.ledger_view = views->at(row, "text");
    }
    if (facts_.control.tables.count(std::string(kLeasesTable.name)) == 0) return std::nullopt;
    // Where they cannot be read they are merged once more, which harms nothing.
    auto query = leases_query(mesh_);
    query.role = role_for_control_;
    const auto leases = connection_.run(query);
    for (size_t row = 0; leases && row < leases->rows.size(); ++row) {
      facts_.control.leases.emplace(leases->at(row, "ENVIRONMENT"), leases->at(row, "DOMAIN"));
    }
    return std::nullopt;
  }

  // Of the rows of SHOW GRANTS TO ROLE: whether one is of that database role.
  static bool holds(const Rows& rows, const QualifiedName& database_role) {
    for (size_t row = 0; row < rows.rows.size(); ++row) {
      const auto name = QualifiedName::parse_output(rows.at(row, "name"));
      if (iequals(rows.at(row, "granted_on"), "DATABASE_ROLE") && name && *name == database_role) return true;
    }
    return false;
  }

  Failed roles() {
    for (const auto& role : named_roles(mesh_)) {
      if (!facts_.exists(KindId::Role, role)) continue;
      const auto held = connection_.run(read(show_of_role("SHOW GRANTS TO", role), reader_));
      if (!held) return held.error().describe();
      facts_.grants.merge(parse_role_grants(role, *held, &facts_.grants_with_option));
      if (holds(*held, kinds::classification_admin()))
        facts_.memberships.insert({{KindId::DatabaseRole, kinds::classification_admin()},
                                   {GranteeType::Role, QualifiedName({Name::exact(role)})}});
      const auto holders = connection_.run(read(show_of_role("SHOW GRANTS OF", role), reader_));
      if (!holders) return holders.error().describe();
      for (size_t row = 0; row < holders->rows.size(); ++row) {
        const auto type = iequals(holders->at(row, "granted_to"), "USER") ? GranteeType::User : GranteeType::Role;
        facts_.memberships.insert(membership_of(role, type, std::string(holders->at(row, "grantee_name"))));
      }
    }
    return std::nullopt;
  }

  const Mesh& mesh_;
  const std::function<bool(const std::string&)>& can_take_;
  Connection& connection_;
  std::string reader_, role_for_control_;  // empty: the connection's
  SetupFacts facts_;
};

}  // namespace

bool SetupFacts::exists(KindId kind, const std::string& name) const {
  return owners.count({kind, QualifiedName({Name::exact(name)})}) > 0;
}

Result<SetupFacts> read_setup(const Mesh& mesh, const std::function<bool(const std::string&)>& can_take,
                              Connection& connection) {
  return SetupReader(mesh, can_take, connection).run();
}

std::set<GrantKey> parse_role_grants(const std::string& role, const Rows& rows, std::set<GrantKey>* with_option) {
  std::set<GrantKey> out;
  for (size_t row = 0; row < rows.rows.size(); ++row) {
    GrantKey key{{TargetForm::Account, {}, KindId::Table},
                 {GranteeType::Role, QualifiedName({Name::exact(role)})},
                 to_upper(rows.at(row, "privilege"))};
    if (!iequals(rows.at(row, "granted_on"), "ACCOUNT")) {
      const auto* kind = kinds::by_granted_on(rows.at(row, "granted_on"));
      const auto name = QualifiedName::parse_output(rows.at(row, "name"));
      // An inherited grant has no name (grants.md section 0, 2).
      if (kind == nullptr || !name || rows.at(row, "name").empty()) continue;
      key.target = {TargetForm::Object, {kind->id, *name}, KindId::Table};
    }
    if (with_option != nullptr && iequals(rows.at(row, "grant_option"), "true")) with_option->insert(key);
    out.insert(std::move(key));
  }
  return out;
}

bool is_granted(const std::set<GrantKey>& grants, const GrantKey& wanted) {
  auto key = wanted;
  const auto held = [&] {
    key.privilege = wanted.privilege;
    if (grants.count(key) > 0) return true;
    key.privilege = "OWNERSHIP";
    return grants.count(key) > 0;
  };
  if (held()) return true;
  // Before BCR-2371 a view may come as TABLE.
  if (key.target.form != TargetForm::Object || key.target.object.kind != KindId::View) return false;
  key.target.object.kind = KindId::Table;
  return held();
}

}  // namespace mesh::apply
