// File formats (docs: create-file-format, alter-file-format, desc-file-format).

#include <fmt/format.h>

#include "ddl.hpp"
#include "format_options.hpp"
#include "show_cells.hpp"
#include "sql_error.hpp"

namespace mesh::sandbox {
namespace {

// Options and COMMENT in any order.
void read_all(Parser& p, std::string& type, Properties& props) {
  read_format_options(p, type, props);
  while (p.accept("COMMENT")) {
    p.expect_symbol("=");
    props["COMMENT"] = p.string();
    p.accept_symbol(",");
    if (p.at_end()) return;
    std::string same = type;
    read_format_options(p, same, props);
  }
}

void check_whole(const Properties& props) {
  const auto parse = props.find("PARSE_HEADER"), skip = props.find("SKIP_HEADER");
  const bool both = parse != props.end() && parse->second == "true" && skip != props.end() && skip->second != "0";
  // Documented; the text of the refusal is not.
  if (both) refuse_text("SKIP_HEADER is not supported together with PARSE_HEADER = TRUE.");
}

}  // namespace

ResultSet create_file_format(Running& run, const CreateHead& head) {
  Parser& p = run.parser;
  const NameParts name = p.qualified();
  Object object;
  std::string type;
  read_all(p, type, object.props);
  p.expect_end();
  check_whole(object.props);
  object.props["TYPE"] = type;
  const Object& schema = need_container(run, head.kind, name);
  const Object* existing = check_create(run, head, schema, name.back());
  if (existing != nullptr && head.if_not_exists) return already_exists(name.back());
  if (existing != nullptr && head.or_alter) {
    if (existing->prop("TYPE") != type) refuse_unsupported("CREATE OR ALTER FILE FORMAT with another TYPE");
    run.catalog.edit(existing->id).props = object.props;
    touch(run, existing->id);
    return created(head.kind, name.back());
  }
  if (existing != nullptr) put_away(run, *existing);
  make(run, head.kind, schema, name.back(), std::move(object));
  return created(head.kind, name.back());
}

ResultSet alter_file_format(Running& run, const Object& format) {
  Parser& p = run.parser;
  need_ownership(run, format);
  if (p.accept("RENAME TO")) {
    rename_to(run, format);
    return executed();
  }
  p.expect("SET");
  if (p.at_end()) p.unexpected();
  Properties given;
  std::string type = format.prop("TYPE");
  read_all(p, type, given);
  p.expect_end();
  Properties after = format.props;
  for (const auto& [key, value] : given) after[key] = value;
  check_whole(after);
  run.catalog.edit(format.id).props = std::move(after);
  touch(run, format.id);
  return executed();
}

ResultSet describe_file_format(Running& run) {
  const NameParts name = run.parser.qualified();
  run.parser.expect_end();
  const Object& format = need(run, Kind::FileFormat, name);
  ResultSet result;
  result.columns = columns_of({"T:property", "T:property_type", "T:property_value", "T:property_default"});
  for (const auto& row : format_rows(format.prop("TYPE"), format.props))
    result.rows.push_back({row.property, row.type, row.value, row.initial});
  return result;
}

}  // namespace mesh::sandbox
