#include "mesh/render/standards.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "yaml.hpp"

namespace mesh::render {
namespace {

// A field that is there only when it has something to say.
void add(ValueRecord& record, const char* key, const std::string& text) {
  if (!text.empty()) record.emplace_back(key, text);
}
Value texts(const std::vector<std::string>& all) {
  ValueList list;
  for (const auto& text : all) list.emplace_back(text);
  return Value(std::move(list));
}

struct TypeRow {
  std::string_view family, logical;
};
constexpr auto kTypes = std::to_array<TypeRow>({{"VARCHAR", "string"},
                                                {"BINARY", "string"},
                                                {"FLOAT", "number"},
                                                {"DECFLOAT", "number"},
                                                {"BOOLEAN", "boolean"},
                                                {"DATE", "date"},
                                                {"TIME", "time"},
                                                {"TIMESTAMP_NTZ", "timestamp"},
                                                {"TIMESTAMP_LTZ", "timestamp"},
                                                {"TIMESTAMP_TZ", "timestamp"},
                                                {"OBJECT", "object"},
                                                {"MAP", "object"},
                                                {"ARRAY", "array"},
                                                {"VECTOR", "array"}});

// Empty: the standard has none (VARIANT, GEOGRAPHY, …).
std::string logical_type(const DataType& type) {
  if (type.family() == "NUMBER") return type.arguments().size() == 2 && type.arguments()[1] != 0 ? "number" : "integer";
  const auto row = std::find_if(kTypes.begin(), kTypes.end(), [&](const auto& r) { return r.family == type.family(); });
  return row == kTypes.end() ? std::string() : std::string(row->logical);
}

class ContractWriter {
 public:
  ContractWriter(const Mesh& mesh, const Product& product, const Port& port)
      : mesh_(mesh), product_(product), port_(port) {}

  Exported write() {
    ValueRecord root{{"apiVersion", "v3.1.0"},
                     {"kind", "DataContract"},
                     {"id", port_.contract.id},
                     {"name", port_.contract.name},
                     {"version", port_.contract.version},
                     {"status", port_.contract.status},
                     {"domain", product_.domain}};
    const auto& description = port_.contract.description;
    if (!description.empty()) root.emplace_back("description", ValueRecord{{"purpose", description}});
    if (!port_.contract.tags.empty()) root.emplace_back("tags", texts(port_.contract.tags));
    ValueList objects;
    for (const auto& each : port_.contract.objects) objects.push_back(object(each));
    root.emplace_back("schema", std::move(objects));
    team(root);
    if (port_.reader) {
      root.emplace_back(
          "roles",
          ValueList{Value(ValueRecord{{"role", mesh_.as_written(*port_.reader).display()}, {"access", "read"}})});
    }
    return {to_yaml(Value(std::move(root)), [](std::string_view) { return false; }).text, std::move(losses_)};
  }

 private:
  void lose(const std::string& what, const std::string& of) { losses_.push_back(fmt::format("{} of {}", what, of)); }

  void team(ValueRecord& root) const {
    const Domain* domain = mesh_.find(product_.domain);
    if (domain == nullptr || domain->team.empty()) return;
    root.emplace_back("team", ValueRecord{{"name", domain->team}});
    if (domain->team_email.empty()) return;
    root.emplace_back("support",
                      ValueList{Value(ValueRecord{
                          {"channel", domain->team}, {"tool", "email"}, {"url", "mailto:" + domain->team_email}})});
  }

  Value object(const ContractObject& object) {
    ValueRecord record{{"name", object.name.last().display()},
                       {"physicalName", object.name.display()},
                       {"physicalType", object.kind},
                       {"logicalType", "object"}};
    add(record, "id", object.id);
    add(record, "description", object.description);
    const auto name = object.name.display();
    if (!object.row_access.empty()) lose("row access policy " + object.row_access, name);
    if (!object.body.empty()) lose("the query", name);
    if (!object.target_lag.empty()) lose("target_lag " + object.target_lag, name);
    if (!object.columns_known) {
      lose("the columns, which are not declared,", name);
      return record;
    }
    ValueList properties;
    for (const auto& each : object.columns) properties.push_back(column(each));
    record.emplace_back("properties", std::move(properties));
    return record;
  }

  Value column(const ContractColumn& column) {
    ValueRecord record{{"name", column.name.display()}};
    const auto name = column.name.display();
    add(record, "id", column.id);
    if (column.type) {
      add(record, "logicalType", logical_type(*column.type));
      record.emplace_back("physicalType", column.type->to_string());
    }
    add(record, "description", column.description);
    if (column.required) record.emplace_back("required", true);
    if (column.unique) record.emplace_back("unique", true);
    if (column.key_position > 0) {
      record.emplace_back("primaryKey", true);
      record.emplace_back("primaryKeyPosition", column.key_position);
    }
    add(record, "classification", column.classification);
    if (!column.tags.empty()) record.emplace_back("tags", texts(column.tags));
    if (!column.masking.empty()) lose("masking policy " + column.masking, name);
    if (!column.references.empty()) lose("the foreign key to " + column.references, name);
    if (!column.default_value.empty()) lose("the default " + column.default_value, name);
    return record;
  }

  const Mesh& mesh_;
  const Product& product_;
  const Port& port_;
  std::vector<std::string> losses_;
};

Value property(const char* name, Value value) { return ValueRecord{{"property", name}, {"value", std::move(value)}}; }

Value output_port(const Mesh& mesh, const Product& product, const Port& port) {
  ValueRecord record{{"name", port.name},
                     {"version", port.contract_file.empty() ? product.version.display() : port.contract.version},
                     {"type", "tables"},
                     {"contractId", port.contract.id}};
  add(record, "description", port.description);
  std::vector<std::string> objects;
  for (const auto& object : port.objects) objects.push_back(mesh.as_written(object.id).address());
  ValueList custom{property("meshObjects", texts(objects))};
  if (port.reader) custom.push_back(property("meshReader", Value(mesh.as_written(*port.reader).display())));
  record.emplace_back("customProperties", std::move(custom));
  return record;
}

}  // namespace

Exported odcs_yaml(const Mesh& mesh, const Product& product, const Port& port) {
  return ContractWriter(mesh, product, port).write();
}

Exported odps_yaml(const Mesh& mesh, const Product& product) {
  ValueRecord root{{"apiVersion", "v1.0.0"},
                   {"kind", "DataProduct"},
                   {"id", product.domain + "/" + product.name},
                   {"name", product.name},
                   {"version", product.version.display()},
                   {"status", to_string(product.status)},
                   {"domain", product.domain}};
  if (!product.description.empty()) root.emplace_back("description", ValueRecord{{"purpose", product.description}});
  if (!product.tags.empty()) root.emplace_back("tags", texts(product.tags));
  ValueList ports;
  for (const auto& [name, port] : product.ports) ports.push_back(output_port(mesh, product, port));
  root.emplace_back("outputPorts", std::move(ports));
  const Domain* domain = mesh.find(product.domain);
  if (domain != nullptr && !domain->team.empty()) root.emplace_back("team", ValueRecord{{"name", domain->team}});
  Exported exported{to_yaml(Value(std::move(root)), [](std::string_view) { return false; }).text, {}};
  for (const auto& approval : product.approvals)
    exported.losses.push_back(
        fmt::format("the approval for {} as {}", approval.domain, mesh.as_written(approval.as).display()));
  if (product.approves_all) exported.losses.emplace_back("approval: automatic");
  if (product.deprecation) exported.losses.emplace_back("the deprecation's dates");
  if (product.share) exported.losses.push_back(mesh.as_written(*product.share).address());
  return exported;
}

}  // namespace mesh::render
