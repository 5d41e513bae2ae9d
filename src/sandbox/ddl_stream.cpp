// Streams (docs: create-stream, alter-stream). The source is bound by id: SOURCE keeps the object, BASE_TABLES what
// stands below a view.

#include <fmt/format.h>

#include "derived.hpp"
#include "flow.hpp"
#include "sql_error.hpp"

namespace mesh::sandbox {
namespace {

constexpr ValueRule kBoolean = {ValueType::Boolean, ""};
const PropertySpecs kComment = {{"COMMENT", {}}};

// What may be written for a source, by its kind.
struct SourceFacts {
  Kind kind;
  PropertySpecs specs;
  bool at;  // AT | BEFORE
};
const std::vector<SourceFacts>& sources() {
  static const PropertySpecs kRows = {{"APPEND_ONLY", kBoolean}, {"SHOW_INITIAL_ROWS", kBoolean}, {"COMMENT", {}}};
  static const std::vector<SourceFacts> kSources = {
      {Kind::Table, kRows, true},
      {Kind::View, kRows, true},
      {Kind::ExternalTable, {{"INSERT_ONLY", kBoolean}, {"COMMENT", {}}}, true},
      {Kind::Stage, kComment, false},
      {Kind::DynamicTable, kComment, false},
      {Kind::EventTable, kComment, false},
  };
  return kSources;
}

const SourceFacts& read_source_kind(Parser& p) {
  const size_t at = p.mark();
  const auto kind = p.kind();
  for (const SourceFacts& source : sources()) {
    if (kind == source.kind) return source;
  }
  p.back_to(at);
  p.unexpected();
}

// Text from public reports, its code unconfirmed; the rule: docs, create-stream, access control.
[[noreturn]] void refuse_untracked(const Running& run, const Object& source) {
  refuse("003001", "42501",
         fmt::format("SQL access control error:\nInsufficient privileges to operate on stream source without "
                     "CHANGE_TRACKING enabled '{}'.",
                     qualified_name(run.catalog, source)));
}

void bind_table(Running& run, const Object& source, Object& stream) {
  need_privilege(run, source, "SELECT");
  stream.props["BASE_TABLES"] = kept_ids({source.id});
  track_changes(run, {source.id}, refuse_untracked);
}

void bind_view(Running& run, const Object& view, Object& stream) {
  need_privilege(run, view, "SELECT");
  std::vector<Id> tracked{view.id}, tables;
  const Object& schema = run.catalog.at(view.parent);
  for (const Id id : derive(run, schema, view.name, view.prop("QUERY"), {}).relations) {
    tracked.push_back(id);
    if (run.catalog.at(id).kind == Kind::Table) tables.push_back(id);
  }
  stream.props["BASE_TABLES"] = kept_ids(tables);
  track_changes(run, tracked, refuse_untracked);
}

void bind_stage(Running& run, const Object& stage, Object& stream) {
  // READ of an internal stage, USAGE of an external one.
  need_privilege(run, stage, stage.prop("URL").empty() ? "READ" : "USAGE");
  stream.props["BASE_TABLES"] = kept_ids({stage.id});
}

void bind(Running& run, const Object& source, Object& stream) {
  stream.props["SOURCE"] = std::to_string(source.id);
  switch (source.kind) {
    case Kind::View:
      return bind_view(run, source, stream);
    case Kind::Stage:
      return bind_stage(run, source, stream);
    default:
      return bind_table(run, source, stream);
  }
}

// Only the comment can change (stream entry, create_or_alter).
void transform(Running& run, const Object& existing, Object& wanted) {
  for (const char* fixed : {"SOURCE", "APPEND_ONLY", "INSERT_ONLY", "SHOW_INITIAL_ROWS"}) {
    if (existing.prop(fixed) != wanted.prop(fixed))
      refuse_unsupported(fmt::format("CREATE OR ALTER STREAM with another {}", fixed));
  }
  Object& edited = run.catalog.edit(existing.id);
  edited.props.erase("COMMENT");
  if (!wanted.prop("COMMENT").empty()) edited.props["COMMENT"] = wanted.prop("COMMENT");
}

}  // namespace

ResultSet create_stream(Running& run, const CreateHead& head) {
  Parser& p = run.parser;
  const NameParts name = p.qualified();
  if (p.at("CLONE")) refuse_unsupported("CREATE STREAM CLONE");
  refuse_governance(p);
  const bool copy_grants = p.accept("COPY GRANTS");
  p.expect("ON");
  const SourceFacts& facts = read_source_kind(p);
  const NameParts source_name = p.qualified();
  if (facts.at && (p.accept("AT") || p.accept("BEFORE"))) p.skip_parentheses();
  Settings settings;
  read_settings(p, Kind::Stream, facts.specs, settings);
  p.expect_end();
  const Object& schema = need_container(run, head.kind, name);
  const Object* existing = check_create(run, head, schema, name.back());
  if (existing != nullptr && head.if_not_exists) return already_exists(name.back());
  Object stream;
  apply(settings, stream);
  if (facts.kind == Kind::ExternalTable && !stream.flag("INSERT_ONLY"))
    refuse_text("SQL compilation error:\nStreams on external tables must be INSERT_ONLY.");
  bind(run, need(run, facts.kind, source_name), stream);
  return create_whole(run, head, name, std::move(stream), transform, copy_grants);
}

ResultSet alter_stream(Running& run, const Object& stream) {
  need_ownership(run, stream);
  return set_or_unset(run, stream, kComment);
}

}  // namespace mesh::sandbox
