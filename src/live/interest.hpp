#pragma once
// What is worth asking for: whatever the manifests declare or the ledger knows, under its old names too.

#include <map>
#include <set>
#include <string>

#include "mesh/live/reader.hpp"

namespace mesh::live {

class Interest {
 public:
  explicit Interest(const ReadScope& scope);

  // What is declared for a live object: by its name, or by a name that renamed_from gives it. nullptr: nothing.
  const Object* declared_for(const ObjectId& live) const;
  const LedgerEntry* known(const ObjectId& live) const;
  bool is_expected(const ObjectId& live) const { return declared_for(live) != nullptr || known(live) != nullptr; }

  // Databases to look into; those that match a domain's `owns` too where everything is asked for.
  bool reads_database(const Name& database) const;
  // Whether database roles of that database matter to anybody.
  bool reads_database_roles(const Name& database) const;
  // Whether objects of that kind, which lives in schemas, are listed in that database: tables and views always.
  bool reads_kind(KindId kind, const Name& database) const;
  // Schemas in which a table, or a view with columns, is declared.
  bool reads_columns(const QualifiedName& schema) const;
  // Whether objects of that kind, which lives in the account, are listed.
  bool reads_account_kind(KindId kind) const;

  // Grantees whose privileges decide something. `exactly`: managed, so future grants are read as well.
  struct Access {
    bool exactly = false;
    bool privileges = false;  // SHOW GRANTS TO
    bool future = false;      // SHOW FUTURE GRANTS TO
  };
  const std::map<Grantee, Access>& grantees() const { return grantees_; }
  // Where everything is asked for: what a domain owns, declared or not.
  bool is_owned(const ObjectId& id) const;

  // The role that reads the domain of that object; empty: the connection's.
  std::string role_for(const ObjectId& id) const;
  // That lists what is of the kind in the container.
  std::string role_for_list(KindId kind, const ObjectId& container) const;
  std::vector<ObjectId> known_in(const QualifiedName& container) const;  // what the ledger knows inside
  // Every role that reads some account-level object of a kind: SHOW hides what a role has no privilege on.
  std::set<std::string> roles_for_all(KindId kind) const;

 private:
  void add_declared();
  void add_ledger();
  void add_grantees();
  void note(const ObjectId& id);
  std::vector<QualifiedName> names_of(const Object& declared) const;
  std::string domain_of(const ObjectId& id) const;
  std::string without_suffix(const Name& name) const;

  const ReadScope& scope_;
  std::map<ObjectId, const Object*> declared_;
  std::map<ObjectId, const LedgerEntry*> known_;
  std::set<Name> databases_, databases_with_roles_, only_known_databases_;
  std::set<QualifiedName> schemas_with_columns_;
  std::map<Grantee, Access> grantees_;
  std::set<std::pair<Name, KindId>> kinds_in_databases_;
  std::set<KindId> account_kinds_;
};

}  // namespace mesh::live
