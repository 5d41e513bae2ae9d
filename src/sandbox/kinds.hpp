#pragma once
// What the sandbox knows of each kind of object: its words, where it lives, which privileges it has (grants.md section
// 3). A kind stands here as soon as something can be granted on it; objects of it exist once a ddl_*.cpp makes them.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mesh::sandbox {

enum class Kind {
  Account,
  Database,
  Warehouse,
  Role,
  User,
  Share,
  ResourceMonitor,
  Integration,
  NetworkPolicy,
  ExternalVolume,
  ComputePool,
  FailoverGroup,
  ReplicationGroup,
  Connection,
  Listing,
  Application,
  ApplicationPackage,
  Schema,
  DatabaseRole,
  Table,
  View,
  MaterializedView,
  DynamicTable,
  ExternalTable,
  IcebergTable,
  EventTable,
  InteractiveTable,
  SemanticView,
  Sequence,
  Stage,
  FileFormat,
  Stream,
  Task,
  Pipe,
  Function,
  Procedure,
  DataMetricFunction,
  Alert,
  Secret,
  NetworkRule,
  Tag,
  MaskingPolicy,
  RowAccessPolicy,
  AggregationPolicy,
  ProjectionPolicy,
  JoinPolicy,
  PrivacyPolicy,
  PasswordPolicy,
  SessionPolicy,
  AuthenticationPolicy,
  PackagesPolicy,
  StorageLifecyclePolicy,
  BackupPolicy,
  BackupSet,
  Contact,
  ClassificationProfile,
  CustomClassifier,
  GitRepository,
  ImageRepository,
  Streamlit,
  Notebook,
  Model,
  Dataset,
  Service,
  CortexSearchService,
  Agent,
  Type,
  Workspace,
};

enum class Lives { Nowhere, InAccount, InDatabase, InSchema };

// Kinds of one space cannot share a name in one container (identifiers-and-literals.md section 1).
enum class Space { Account, Database, Warehouse, Role, User, Schema, DatabaseRole, TableLike, Other };

struct KindFacts {
  Kind kind;
  std::string_view words;  // as DDL spells it: DYNAMIC TABLE
  std::string_view plural;
  std::string_view granted_on;  // as SHOW GRANTS spells it: DYNAMIC_TABLE
  Lives lives;
  Space space;                  // Other: a namespace of its own
  std::string_view privileges;  // comma-separated; OWNERSHIP goes without saying
  bool future = false;          // may stand in GRANT ... ON FUTURE
};

const KindFacts& facts(Kind kind);
const std::vector<KindFacts>& all_kinds();
std::optional<Kind> kind_of_granted_on(std::string_view granted_on);

std::string label(Kind kind);        // as messages begin: "Dynamic table"
std::string lower_words(Kind kind);  // as messages go on: "dynamic table"
bool grantable(Kind kind, std::string_view privilege);
std::vector<std::string> privileges_of(Kind kind);
std::string create_privilege(Kind kind);  // CREATE DYNAMIC TABLE

}  // namespace mesh::sandbox
