#pragma once
// What roles read of columns: by grants, row access and masking policies, direct and by tags. Of a state, declared or
// live, whose policies' bodies are evaluated as far as their text tells.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "mesh/model/access.hpp"
#include "mesh/sql/policy_body.hpp"

namespace mesh::check {

// The type of what a masking policy is for, by its family: one policy of a tag for each (page
// user-guide/tag-based-masking-policies). Empty: not known.
std::string family_of(const Object& policy);

enum class Reading : uint8_t {
  Denied,       // no SELECT, or names on the way cannot be resolved
  Masked,       // something else than what stands in it
  Clear,        // what stands in it
  ByCondition,  // it depends on the row, or on what the policy's text does not tell
};
const char* to_string(Reading reading);  // "denied", "masked", "clear", "by condition"
const char* to_string(sql::Rows rows);   // "all", "none", "filtered", "by condition"

struct ColumnReading {
  ObjectId object;
  Name column;
  Reading reading = Reading::Denied;
  sql::Rows rows = sql::Rows::None;  // of those there are; None where it is denied
  std::vector<Grantee> via;          // the roles through which it may SELECT; empty: itself, or it may not
};

// Rests on the state and the map, which outlive it. Of what a query reads (views, dynamic tables) the reading is that
// of its own policies where nothing it reads, by any path, bears one; else ByCondition.
class ColumnReadings {
 public:
  ColumnReadings(const State& state, const AccessMap& map);

  // Columns of tables and their like, in the order of the state.
  std::vector<ColumnReading> of(const Grantee& role) const;
  ColumnReading of(const Grantee& role, const Object& relation, const Name& column) const;
  // Whether a masking policy is on it: its own, or one of a tag that it bears or inherits.
  bool is_masked(const Object& relation, const Column& column) const;
  // Whether it bears a tag of its own.
  bool is_tagged(const Object& relation, const Column& column) const;

 private:
  struct Policy {
    const Object* object = nullptr;  // nullptr: its body is not known
    bool several = false;            // more than one, which Snowflake refuses to read through
  };
  std::optional<Policy> mask_of(const Object& relation, const Column& column) const;
  std::vector<QualifiedName> tags_of(const Object& relation, const Name& column) const;
  const Attachment* attached(const Bearer& bearer, KindId kind) const;
  bool reads_protected(const Object& relation) const;
  bool bears_policies(const Object& relation) const;
  std::optional<std::vector<Grantee>> selects(const Grantee& role, const ObjectId& id) const;
  sql::PolicySession session(const Grantee& role, const Name& database) const;

  const State& state_;
  const AccessMap& map_;
  mutable std::map<ObjectId, bool> protected_;  // by what queries read
};

}  // namespace mesh::check
