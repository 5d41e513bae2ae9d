#pragma once
// Contracts in the Open Data Contract Standard (Bitol ODCS 3.0 and 3.1), products in its Open Data Product Standard.

#include <optional>

#include "mesh/model/contract.hpp"
#include "mesh/model/product.hpp"
#include "reading.hpp"

namespace mesh::manifest {

// The contract of an ODCS file; what is wrong in it is reported, each mistake at its place. nullopt: it is none.
std::optional<Contract> read_odcs(const Node& root, Diagnostics& diagnostics);

// A product as an ODPS file has it. What mesh needs beside the standard stands in custom properties of an output port:
// meshObjects (a list of addresses) and meshReader (a database role).
struct OdpsPort {
  std::string name, description, contract_id;
  std::vector<Text> objects;
  std::optional<Text> reader;
  Place place;
};
struct OdpsProduct {
  std::string name, description;
  Text version, status;  // empty: not there
  std::vector<std::string> tags;
  std::vector<OdpsPort> ports;
};
std::optional<OdpsProduct> read_odps(const Node& root, Diagnostics& diagnostics);

// Holds a contract from a file against what the manifests declare of the port's objects, which `derived` tells; puts
// together what both know: policies and texts are the manifests'.
Contract merged_contract(Contract written, const Contract& derived, Diagnostics& diagnostics);

// Whether a contract's name is that of an object: ORDERS, SALES.ORDERS and DB.SALES.ORDERS all mean the last one.
bool means(const QualifiedName& written, const QualifiedName& full);
// The names of a contract are often written in lower case, and meant as SQL reads them.
bool means(const Name& written, const Name& stored);

// --- the shape of such files, as tables

enum class Takes : uint8_t { Text, Number, Integer, Boolean, Texts, Anything, Map, Maps };

struct Shape;
struct FieldRow {
  std::string_view key;
  Takes takes = Takes::Text;
  bool required = false;
  const Shape* of = nullptr;  // of Map and Maps; nothing: any
  std::span<const std::string_view> words = {};
};
struct Shape {
  std::string_view what;
  std::span<const FieldRow> fields;
};
// Reports every key that is unknown (with the nearest), missing or of another type. An explicit null is as if absent.
void check_shape(const Node& map, const Shape& shape, Diagnostics& diagnostics);

// The text of a scalar as it is written: `NO`, `1.0` and dates stay what they are. Empty: not there.
std::string scalar_of(const Node& map, std::string_view key);

// What the standards share.
extern const Shape kCustomPropertyShape, kDefinitionShape, kSupportShape, kTeamShape, kDescriptionShape;
// "the Data Contract Specification (deprecated)": what a file is that is neither; empty: nothing known.
std::string near_miss(const Node& root, std::string_view wanted_kind);

}  // namespace mesh::manifest
