// mesh sql: any statement. Needs no mesh around it; uses its environment where there is one.
#include <iostream>
#include <iterator>

#include <fmt/format.h>

#include "accounts.hpp"
#include "commands.hpp"
#include "mesh/base/files.hpp"
#include "mesh/base/text.hpp"
#include "mesh/render/rows.hpp"
#include "mesh/snowflake/seam.hpp"
#include "mesh/sql/token.hpp"
#include "workflow.hpp"

namespace mesh::cli {
namespace {

// Statements parted by top-level semicolons; empty ones are left out.
Result<std::vector<std::string>> split_statements(const std::string& text) {
  const auto tokens = sql::tokenize(text);
  if (!tokens) return fail(tokens.error().message);
  std::vector<std::string> statements;
  size_t begin = 0;
  bool any = false;
  const auto close = [&](size_t end) {
    if (any) statements.emplace_back(trim(std::string_view(text).substr(begin, end - begin)));
    any = false;
  };
  for (const auto& token : *tokens) {
    if (token.type == sql::TokenType::Comment) continue;
    if (token.in(text) == ";") {
      close(token.begin);
      begin = token.end;
    } else {
      any = true;
    }
  }
  close(text.size());
  return statements;
}

Result<std::string> statement_text(const SqlOptions& options) {
  if (!options.file.empty()) return read_file(options.file);
  if (options.statement == "-") return std::string(std::istreambuf_iterator<char>(std::cin), {});
  return options.statement;
}

std::string rendered(const Rows& rows, Format format) {
  switch (format) {
    case Format::Json:
      return render::rows_json(rows);
    case Format::Csv:
      return render::rows_csv(rows);
    case Format::Sarif:
    case Format::Github:
    case Format::Junit:
    case Format::Dot:
    case Format::Mermaid:
    case Format::Markdown:
    case Format::Text:
      return render::rows_table(rows);
  }
  broken_promise("every format is named", __FILE__, __LINE__);
}

}  // namespace

ExitCode run_sql(const Global& global, const SqlOptions& options, const Console& console) {
  if (options.statement.empty() == options.file.empty()) {
    console.error("mesh sql takes one statement, or -f FILE");
    return ExitCode::Usage;
  }
  const auto text = statement_text(options);
  if (!text) return console.error(text.error().message), ExitCode::Failed;
  const auto statements = split_statements(*text);
  if (!statements) return console.error(statements.error().message), ExitCode::Failed;
  if (statements->empty()) return console.error("there is no statement in it"), ExitCode::Usage;

  const auto around = surrounding_mesh(global, console);
  if (const auto* code = std::get_if<ExitCode>(&around)) return *code;
  auto mesh = std::get<std::optional<Mesh>>(around);
  if (mesh) {
    if (const auto code = keep_one_account(global, *mesh, console)) return *code;
  }
  auto session = Session::open(global, mesh ? &*mesh : nullptr, console);
  if (!session) return console.error(session.error().message), ExitCode::Failed;
  for (const auto& statement : *statements) {
    Query query;
    query.sql = statement;
    query.cancellable = true;
    if (!options.role.empty()) {
      const auto role = Name::parse(options.role);
      if (!role) return console.error(role.error().message), ExitCode::Usage;
      query.role = role->stored();
    }
    const auto reply = (*session)->connection().run(query);
    if (!reply) return console.error(reply.error().describe()), ExitCode::Failed;
    console.result(rendered(snowflake::readable(*reply), global.format));
  }
  return ExitCode::Done;
}

}  // namespace mesh::cli
