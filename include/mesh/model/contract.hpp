#pragma once
// What a port promises its readers: read from an ODCS file, or derived from what the manifests declare.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "mesh/diag/place.hpp"
#include "mesh/model/data_type.hpp"
#include "mesh/model/object.hpp"

namespace mesh {

// A promise by name with its value as written: "latency" "4 h", "maxLength" "10".
struct Promise {
  std::string value;
  std::string unit;  // of service levels; may be empty
  Place place;
  std::string element{};  // of service levels: the TABLE.COLUMN that it is read from; may be empty
};

// A rule of quality: what is measured, and the bound that it is held against. The words are ODCS's.
struct QualityRule {
  std::string value;  // as written: "mustBe 0"; empty: it compares with nothing
  std::string unit;   // "percent"; else rows
  Place place;
  std::string type, metric, query;                                    // type: "library", "sql", "text", "custom"
  std::string comparison;                                             // "mustBeLessThan"
  std::vector<std::string> bounds;                                    // one, or the two of mustBeBetween
  std::vector<std::string> valid_values, missing_values, properties;  // of its arguments
  std::string pattern;
};

struct ContractColumn {
  std::string id;  // ODCS: keeps its identity when it is renamed; may be empty
  Name name;
  std::optional<DataType> type;    // nothing: not known (a view's column, a nested value)
  bool has_physical_type = false;  // ODCS: false where the type follows from the logical one
  std::string logical_type;        // ODCS: "string", …; may be empty
  bool required = false;           // never null
  bool unique = false;
  int key_position = 0;    // from 1 in the primary key; 0: not in it
  std::string references;  // foreign key: TABLE.COLUMN; may be empty
  std::string classification;
  std::string masking;  // address of the policy that hides it; may be empty
  std::string description;
  std::string default_value;
  std::vector<std::string> tags;
  std::vector<std::string> allowed_values;     // empty: any
  std::map<std::string, Promise> options;      // of logicalTypeOptions: maxLength, pattern, minimum, …
  std::map<std::string, QualityRule> quality;  // by what is checked: "library nullValues"
  Place place;
};

// Whether a type keeps what the column promises. Where only a logical type is said: integer is any NUMBER without
// decimals, string without maxLength any VARCHAR.
bool keeps(const DataType& found, const ContractColumn& promised);

struct ContractObject {
  std::string id;
  QualifiedName name;  // as far as the contract says it: one to three parts
  std::string kind;    // "table", "view", …; empty: not said
  std::string description;
  std::vector<ContractColumn> columns;
  std::vector<std::string> tags;
  bool columns_known = true;             // false: what it has is not written down (a view without columns, a function)
  std::string row_access;                // address of the policy; may be empty
  std::string body;                      // a view's query
  std::string target_lag, refresh_mode;  // a dynamic table's
  std::map<std::string, QualityRule> quality;
  Place place;

  const ContractColumn* find(const Name& column) const;
};

struct ContractRole {
  std::string access;  // "read", "write"
  Place place;
};

struct Contract {
  bool derived = true;  // from the manifest
  std::string id, name, version, status, api_version, domain, product, tenant, description;
  std::vector<std::string> tags;
  std::vector<ContractObject> objects;
  std::map<std::string, Promise> service_levels;  // by property: latency, retention, …
  std::map<std::string, ContractRole> roles;
  // Where it is found: "account", "database", "schema" by server name.
  std::map<std::string, std::map<std::string, std::string>> servers;
  Place place;

  const ContractColumn* find(const Name& column) const;  // in any of its objects
};

}  // namespace mesh
