// Sequences (docs: create-sequence, alter-sequence, desc-sequence). NEXT_VALUE is what the next call gives.

#include "ddl.hpp"
#include "show_cells.hpp"
#include "sql_error.hpp"
#include "table_parts.hpp"

namespace mesh::sandbox {
namespace {

// START [WITH] [=] n, INCREMENT [BY] [=] n
std::string read_number(Parser& p, std::string_view between) {
  p.accept(between);
  p.accept_symbol("=");
  return std::to_string(p.integer());
}

std::string read_increment(Parser& p) {
  std::string increment = read_number(p, "BY");
  if (increment == "0") refuse_property_value("0", "INCREMENT");
  return increment;
}

// One option at the cursor; false where none stands there.
bool read_option(Parser& p, Properties& props) {
  if (p.accept("START")) {
    props["NEXT_VALUE"] = read_number(p, "WITH");
  } else if (p.accept("INCREMENT")) {
    props["INCREMENT"] = read_increment(p);
  } else if (p.accept("NOORDER")) {
    props["ORDERED"] = "false";
  } else if (p.accept("ORDER")) {
    props["ORDERED"] = "true";
  } else if (p.accept("COMMENT")) {
    p.expect_symbol("=");
    props["COMMENT"] = p.string();
  } else {
    return false;
  }
  return true;
}

// NOORDER -> ORDER is impossible (docs: alter-sequence); the text of the refusal is not documented.
void give_order(const Object& sequence, const Properties& given) {
  const auto order = given.find("ORDERED");
  if (order != given.end() && order->second == "true" && !sequence.flag("ORDERED"))
    refuse_text("Sequence cannot be changed from NOORDER to ORDER.");
}

}  // namespace

ResultSet create_sequence(Running& run, const CreateHead& head) {
  Parser& p = run.parser;
  const NameParts name = p.qualified();
  p.accept("WITH");
  Object object;
  while (read_option(p, object.props)) p.accept_symbol(",");
  p.expect_end();
  const Object& schema = need_container(run, head.kind, name);
  const Object* existing = check_create(run, head, schema, name.back());
  if (existing != nullptr && head.if_not_exists) return already_exists(name.back());
  if (existing != nullptr && head.or_alter) {
    if (object.props.count("NEXT_VALUE") > 0) refuse_unsupported("CREATE OR ALTER SEQUENCE with START");
    give_order(*existing, object.props);
    Object& edited = run.catalog.edit(existing->id);
    edited.props.erase("COMMENT");
    for (const auto& [key, value] : object.props) edited.props[key] = value;
    touch(run, existing->id);
    return created(head.kind, name.back());
  }
  if (existing != nullptr) put_away(run, *existing);
  object.props.emplace("ORDERED", session_value(run, "NOORDER_SEQUENCE_AS_DEFAULT") == "false" ? "true" : "false");
  make(run, head.kind, schema, name.back(), std::move(object));
  return created(head.kind, name.back());
}

ResultSet alter_sequence(Running& run, const Object& sequence) {
  Parser& p = run.parser;
  need_ownership(run, sequence);
  if (p.accept("RENAME TO")) {
    rename_to(run, sequence);
    return executed();
  }
  if (p.accept("UNSET COMMENT")) {
    p.expect_end();
    run.catalog.edit(sequence.id).props.erase("COMMENT");
    touch(run, sequence.id);
    return executed();
  }
  const bool set = p.accept("SET");
  Properties given;
  if (p.accept("INCREMENT")) {  // in a statement of its own
    given["INCREMENT"] = read_increment(p);
  } else {
    while (set && !p.at("START") && !p.at("INCREMENT") && read_option(p, given)) p.accept_symbol(",");
    if (given.empty()) p.unexpected();
  }
  p.expect_end();
  give_order(sequence, given);
  Object& edited = run.catalog.edit(sequence.id);
  for (const auto& [key, value] : given) edited.props[key] = value;
  touch(run, sequence.id);
  return executed();
}

ResultSet describe_sequence(Running& run) {
  const NameParts name = run.parser.qualified();
  run.parser.expect_end();
  return show_rows(run, sequence_columns(), {&need(run, Kind::Sequence, name)});
}

}  // namespace mesh::sandbox
