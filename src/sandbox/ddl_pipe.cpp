// Pipes (docs: create-pipe, alter-pipe). The COPY statement is kept as text; nothing is ever loaded.

#include <fmt/format.h>

#include "flow.hpp"
#include "parameters.hpp"
#include "query_json.hpp"
#include "sql_error.hpp"

namespace mesh::sandbox {
namespace {

constexpr ValueRule kName = {ValueType::Name, ""};
// PIPE_EXECUTION_PAUSED is a parameter of account, schema and pipe.
const PropertySpecs kCreated = {{"AUTO_INGEST", {ValueType::Boolean, ""}},
                                {"ERROR_INTEGRATION", kName},
                                {"AWS_SNS_TOPIC", {}},
                                {"INTEGRATION", kName},
                                {"COMMENT", {}}};
const PropertySpecs kAltered = {{"ERROR_INTEGRATION", kName}, {"COMMENT", {}}};

// The name of the stage behind the first @ of the statement; nothing for a table's or a user's own stage and for
// streaming sources.
std::optional<NameParts> stage_of(Parser& p) {
  while (!p.at_end() && !p.at_symbol("@")) p.next();
  if (!p.accept_symbol("@") || p.at_symbol("%") || p.at_symbol("~")) return std::nullopt;
  return p.qualified();
}

std::string pattern_of(Parser& p) {
  for (; !p.at_end(); p.next()) {
    if (p.at("PATTERN") && p.at_symbol("=", 1) && p.peek(2).kind == TokenKind::String) return p.peek(2).text;
  }
  return "";
}

// [(] COPY INTO table ... FROM ...; looks up what it names.
void read_copy(Running& run, Object& pipe) {
  Parser& p = run.parser;
  pipe.props["DEFINITION"] = p.rest();
  const size_t start = p.mark();
  p.accept_symbol("(");
  p.expect("COPY INTO");
  const Object& table = need(run, Kind::Table, p.qualified());
  for (const char* privilege : {"SELECT", "INSERT"}) need_privilege(run, table, privilege);
  const size_t behind = p.mark();
  if (const auto stage = stage_of(p)) {
    const Object& found = need(run, Kind::Stage, *stage);
    need_privilege(run, found, found.prop("URL").empty() ? "READ" : "USAGE");
  }
  p.back_to(behind);
  pipe.props["PATTERN"] = pattern_of(p);
  p.back_to(start);
}

// Only the pause and the comment can change (docs: create-pipe, CREATE OR ALTER PIPE).
void transform(Running& run, const Object& existing, Object& wanted) {
  for (const char* fixed : {"DEFINITION", "AUTO_INGEST", "AWS_SNS_TOPIC", "INTEGRATION", "ERROR_INTEGRATION"}) {
    if (existing.prop(fixed) != wanted.prop(fixed))
      refuse_unsupported(fmt::format("CREATE OR ALTER PIPE with another {}", fixed));
  }
  Object& edited = run.catalog.edit(existing.id);
  edited.props.erase("COMMENT");
  if (!wanted.prop("COMMENT").empty()) edited.props["COMMENT"] = wanted.prop("COMMENT");
  edited.params = wanted.params;
}

bool paused(const Running& run, const Object& pipe) {
  return effective_value(run.catalog, pipe, "PIPE_EXECUTION_PAUSED") == "true";
}

// OPERATE is enough to pause and resume; everything else is the owner's (docs: alter-pipe, usage notes).
void need_for(Running& run, const Object& pipe) {
  Parser& p = run.parser;
  const size_t mark = p.mark();
  Settings settings;
  if (p.accept("SET")) read_settings(p, Kind::Pipe, kAltered, settings);
  p.back_to(mark);
  check_named(run, settings.props);
  const bool pause = settings.props.empty() && settings.params.count("PIPE_EXECUTION_PAUSED") > 0;
  if (!pause) return need_ownership(run, pipe);
  need_privilege(run, pipe, "OPERATE");
  if (settings.params.at("PIPE_EXECUTION_PAUSED") == "false" && pipe.flag("OWNER_CHANGED")) {
    // docs: alter-pipe; the text is not documented.
    refuse_text(fmt::format("SQL execution error:\nPipe {} must be resumed by SYSTEM$PIPE_FORCE_RESUME.", pipe.name));
  }
}

ResultSet refresh(Running& run, const Object& pipe) {
  Parser& p = run.parser;
  need_privilege(run, pipe, "OPERATE");
  Settings settings;
  read_settings(p, Kind::Pipe, {{"PREFIX", {}}, {"MODIFIED_AFTER", {}}}, settings);
  p.expect_end();
  ResultSet nothing;  // no file was found
  nothing.columns = {text_column("File"), text_column("Status")};
  return nothing;
}

}  // namespace

ResultSet create_pipe(Running& run, const CreateHead& head) {
  Parser& p = run.parser;
  const NameParts name = p.qualified();
  Settings settings;
  read_settings(p, Kind::Pipe, kCreated, settings);
  if (!head.or_alter && !settings.params.empty()) refuse_property(settings.params.begin()->first, "PIPE");
  p.expect("AS");
  Object pipe;
  apply(settings, pipe);
  check_named(run, pipe.props);
  read_copy(run, pipe);
  return create_whole(run, head, name, std::move(pipe), transform);
}

ResultSet alter_pipe(Running& run, const Object& pipe) {
  Parser& p = run.parser;
  if (p.accept("REFRESH")) return refresh(run, pipe);
  need_for(run, pipe);
  return set_or_unset(run, pipe, kAltered);
}

std::string pipe_status(Running& run, const NameParts& name) {
  const Object& pipe = need(run, Kind::Pipe, name);
  return fmt::format(R"({{"executionState":"{}","pendingFileCount":0}})", paused(run, pipe) ? "PAUSED" : "RUNNING");
}

std::string force_pipe(Running& run, const NameParts& name) {
  const Object& pipe = need(run, Kind::Pipe, name);
  need_privilege(run, pipe, "OPERATE");
  Object& edited = run.catalog.edit(pipe.id);
  edited.props.erase("OWNER_CHANGED");
  edited.params["PIPE_EXECUTION_PAUSED"] = "false";
  return pipe_status(run, name);
}

}  // namespace mesh::sandbox
