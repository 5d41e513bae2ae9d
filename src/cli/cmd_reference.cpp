// mesh schema, explain, version: what the tables say.
#include <fmt/format.h>

#include "commands.hpp"
#include "mesh/base/text.hpp"
#include "mesh/render/explain.hpp"
#include "mesh/render/schema.hpp"

namespace mesh::cli {

ExitCode run_schema(const Global&, const SchemaOptions& options, const Console& console) {
  const std::string name = options.kind.empty() ? "manifest" : options.kind;
  if (const auto schema = render::find_schema(name)) {
    console.result(*schema);
    return ExitCode::Done;
  }
  std::vector<std::string> names;
  for (const auto& schema : render::all_schemas()) names.push_back(schema.name);
  const std::string near = nearest(name, names);
  console.error(fmt::format("there is no schema '{}'{}\n  there are: {}", name,
                            near.empty() ? "" : fmt::format("; did you mean '{}'?", near), join(names, ", ")));
  return ExitCode::Usage;
}

ExitCode run_explain(const Global&, const ExplainOptions& options, const Console& console) {
  if (options.what.empty()) return console.result(render::explain_rules()), ExitCode::Done;
  if (const auto text = render::explain(options.what)) {
    console.result(*text);
    return ExitCode::Done;
  }
  std::vector<std::string> kinds;
  for (const auto* kind : kinds::all()) kinds.emplace_back(kind->words);
  kinds.emplace_back(kind_words(KindId::AccountParameter));
  std::vector<std::string> names = kinds;
  for (const auto* rule : check::all_rules()) names.emplace_back(rule->id);
  const auto near = nearest(options.what, names);
  console.error(
      fmt::format("'{}' is neither a kind, a rule nor a code{}\n  kinds: {}; 'mesh explain' lists the rules; "
                  "codes look like MESH1203",
                  options.what, near.empty() ? "" : fmt::format("; did you mean '{}'?", near), join(kinds, ", ")));
  return ExitCode::Usage;
}

ExitCode run_version(const Global& global, const VersionOptions&, const Console& console) {
  console.result(global.format == Format::Json ? "{\"version\": \"" MESH_VERSION "\"}\n" : "mesh " MESH_VERSION "\n");
  return ExitCode::Done;
}

}  // namespace mesh::cli
