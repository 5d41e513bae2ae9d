// FILE_FORMAT of stages and external tables (docs: create-stage, create-external-table, desc-stage).

#include <fmt/format.h>

#include "mesh/base/text.hpp"
#include "sql_error.hpp"
#include "stage.hpp"

namespace mesh::sandbox {
namespace {

constexpr std::string_view kPrefix = "FORMAT.";

void forget_format(Properties& props) {
  std::erase_if(props, [](const auto& entry) { return std::string_view(entry.first).starts_with(kPrefix); });
}

void put(Properties& props, std::string_view key, const std::string& value) {
  props[std::string(kPrefix) + std::string(key)] = value;
}

// A name as text or as a name.
void read_named(Running& run, Properties& props) {
  Parser& p = run.parser;
  const auto parts = p.peek().kind == TokenKind::String ? parse_name(p.peek().text) : p.qualified();
  if (!parts) refuse_property_value(p.peek().text, "FORMAT_NAME");
  if (p.peek().kind == TokenKind::String) p.next();
  const Object& format = need(run, Kind::FileFormat, *parts);
  need_privilege(run, format, "USAGE");
  put(props, "ID", std::to_string(format.id));
  put(props, "NAME", qualified_name(run.catalog, format));
}

Properties options_of(const Object& object) {
  Properties options;
  for (const auto& [key, value] : object.props) {
    if (std::string_view(key).starts_with(kPrefix)) options[key.substr(kPrefix.size())] = value;
  }
  return options;
}

// Each part inside escaped quotes: \"DB\".\"SCHEMA\".\"FORMAT\".
std::string escaped_name(const Running& run, const Object& format) {
  const Object& schema = run.catalog.at(format.parent);
  std::string text;
  for (const auto& part : {run.catalog.at(schema.parent).name, schema.name, format.name})
    text += fmt::format("{}\\\"{}\\\"", text.empty() ? "" : ".", replace_all(part, "\"", "\"\""));
  return text;
}

}  // namespace

void read_file_format(Running& run, Properties& props) {
  Parser& p = run.parser;
  forget_format(props);
  if (!p.accept_symbol("(")) return read_named(run, props);
  if (p.accept("FORMAT_NAME")) {
    p.expect_symbol("=");
    read_named(run, props);
  } else {
    std::string type;
    Properties options;
    read_format_options(p, type, options);
    put(props, "TYPE", type);
    for (const auto& [key, value] : options) put(props, key, value);
  }
  p.expect_symbol(")");
}

const Object* named_format(const Running& run, const Object& object) {
  const std::string& id = object.prop("FORMAT.ID");
  const Object* format = id.empty() ? nullptr : run.catalog.find(std::stoll(id));
  return format != nullptr && run.catalog.live(*format) ? format : nullptr;
}

std::string format_type(const Running& run, const Object& object) {
  if (const Object* format = named_format(run, object)) return format->prop("TYPE");
  const std::string& type = object.prop("FORMAT.TYPE");
  return type.empty() ? "CSV" : type;
}

std::vector<FormatRow> file_format_rows(const Running& run, const Object& object) {
  if (object.prop("FORMAT.ID").empty()) return format_rows(format_type(run, object), options_of(object));
  const Object* format = named_format(run, object);
  // What a dropped format leaves behind is not told; its name stays.
  return {{"FORMAT_NAME", "String", format == nullptr ? object.prop("FORMAT.NAME") : escaped_name(run, *format), ""}};
}

}  // namespace mesh::sandbox
