#include "mesh/render/rows.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include <fmt/format.h>

#include "mesh/base/printable.hpp"
#include "mesh/base/text.hpp"

namespace mesh::render {
namespace {

using Json = nlohmann::ordered_json;

std::string dump(const Json& json, int indent = -1) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

Json cell(const std::optional<std::string>& value) { return value ? Json(*value) : Json(nullptr); }

std::string one_line(const std::string& text) { return replace_all(replace_all(text, "\n", "⏎"), "\t", " "); }

std::string csv_field(const std::optional<std::string>& value) {
  if (!value) return {};
  if (!value->empty() && value->find_first_of(",\"\r\n") == std::string::npos) return *value;
  return "\"" + replace_all(*value, "\"", "\"\"") + "\"";
}

Json reply_json(const Reply& reply) {
  if (reply) {
    Json rows = Json::array();
    for (const auto& row : reply->rows) {
      Json line = Json::array();
      for (const auto& value : row) line.push_back(cell(value));
      rows.push_back(std::move(line));
    }
    return {{"columns", reply->columns}, {"rows", std::move(rows)}};
  }
  const auto& error = reply.error();
  return {{"code", error.code},
          {"sqlstate", error.sqlstate},
          {"message", error.message},
          {"from_server", error.from_server}};
}

Reply parse_reply(const Json& json) {
  if (json.contains("columns")) {
    Rows rows;
    rows.columns = json.at("columns").get<std::vector<std::string>>();
    for (const auto& line : json.at("rows")) {
      auto& row = rows.rows.emplace_back();
      for (const auto& value : line) {
        row.push_back(value.is_null() ? std::optional<std::string>() : std::optional(value.get<std::string>()));
      }
    }
    return rows;
  }
  StatementError error;
  error.code = json.at("code").get<std::string>();
  error.sqlstate = json.at("sqlstate").get<std::string>();
  error.message = json.at("message").get<std::string>();
  error.from_server = json.at("from_server").get<bool>();
  return Failure{std::move(error)};
}

}  // namespace

std::string rows_table(const Rows& rows) {
  std::vector<std::vector<std::string>> lines;
  lines.emplace_back(rows.columns);
  for (const auto& row : rows.rows) {
    auto& line = lines.emplace_back();
    for (const auto& value : row) line.push_back(value ? one_line(*value) : "NULL");
  }
  std::vector<size_t> widths(rows.columns.size());
  for (const auto& line : lines) {
    for (size_t i = 0; i < widths.size() && i < line.size(); ++i)
      widths[i] = std::max(widths[i], terminal_cells(line[i]));
  }
  std::string rule = "+";
  for (const size_t width : widths) rule += std::string(width + 2, '-') + "+";
  rule += "\n";
  std::string out = rule;
  for (const auto& line : lines) {
    out += "|";
    for (size_t i = 0; i < widths.size(); ++i) {
      const std::string text = i < line.size() ? line[i] : std::string();
      out += " " + text + std::string(widths[i] - terminal_cells(text) + 1, ' ') + "|";
    }
    out += "\n";
    if (&line == &lines.front()) out += rule;
  }
  if (!rows.rows.empty()) out += rule;
  out += fmt::format("{} {}\n", rows.rows.size(), rows.rows.size() == 1 ? "row" : "rows");
  return out;
}

std::string rows_csv(const Rows& rows) {
  std::string out;
  const auto line = [&](const auto& fields, const auto& text) {
    bool first = true;
    for (const auto& field : fields) {
      if (!first) out += ',';
      first = false;
      out += text(field);
    }
    out += "\r\n";
  };
  line(rows.columns, [](const std::string& name) { return csv_field(name); });
  for (const auto& row : rows.rows) line(row, [](const std::optional<std::string>& value) { return csv_field(value); });
  return out;
}

namespace {

// An object has each key once: the second column A is "A 2".
std::vector<std::string> keys_of(const std::vector<std::string>& columns) {
  std::vector<std::string> keys;
  std::set<std::string> taken(columns.begin(), columns.end());
  for (const auto& column : columns) {
    std::string key = column;
    for (int n = 2; std::find(keys.begin(), keys.end(), key) != keys.end(); ++n) {
      key = fmt::format("{} {}", column, n);
      if (taken.count(key) > 0) key = column;
    }
    keys.push_back(std::move(key));
  }
  return keys;
}

}  // namespace

std::string rows_json(const Rows& rows) {
  const auto keys = keys_of(rows.columns);
  Json all = Json::array();
  for (const auto& row : rows.rows) {
    Json object = Json::object();
    for (size_t i = 0; i < keys.size(); ++i) object[keys[i]] = i < row.size() ? cell(row[i]) : Json(nullptr);
    all.push_back(std::move(object));
  }
  return dump(all) + "\n";
}

std::string recording_json(const Recording& recording) {
  Json statements = Json::array();
  for (const auto& [sql, reply] : recording.replies) {
    Json entry = reply_json(reply);
    entry["sql"] = sql;
    statements.push_back(std::move(entry));
  }
  const Json document = {{"format_version", "1.0"},      {"recorded_at", recording.recorded_at},
                         {"account", recording.account}, {"role", recording.role},
                         {"user", recording.user},       {"statements", std::move(statements)}};
  return dump(document, 1) + "\n";
}

Result<Recording> parse_recording(const std::string& text) {
  try {
    const Json document = Json::parse(text);
    Recording recording;
    recording.recorded_at = document.at("recorded_at").get<std::string>();
    recording.account = document.at("account").get<std::string>();
    recording.role = document.at("role").get<std::string>();
    recording.user = document.at("user").get<std::string>();
    for (const auto& entry : document.at("statements")) {
      recording.replies.emplace(entry.at("sql").get<std::string>(), parse_reply(entry));
    }
    return recording;
  } catch (const Json::exception& error) {
    return fail(fmt::format("this is not a recorded account of 'mesh show --state -o FILE': {}", error.what()));
  }
}

namespace {
constexpr const char* kNoPlan =
    "this is not a plan of 'mesh plan -o FILE'; mesh apply takes such a file, or none to apply the manifests";
}

Result<SavedPlan> parse_saved_plan(const std::string& text) {
  try {
    const Json document = Json::parse(text);
    return SavedPlan{document.at("environment").get<std::string>(), document.at("fingerprint").get<std::string>()};
  } catch (const Json::exception&) {
    return fail(kNoPlan);
  }
}

Result<std::string> plan_text_of_json(const std::string& text) {
  try {
    const Json plan = Json::parse(text);
    std::string out = fmt::format("{} · {} · {} · {}\n", plan.at("mesh").get<std::string>(),
                                  plan.at("environment").get<std::string>(), plan.at("account").get<std::string>(),
                                  plan.at("date").get<std::string>());
    const auto shown = [](const Json& value) { return value.is_string() ? value.get<std::string>() : dump(value); };
    for (const auto& change : plan.at("changes")) {
      const auto action = change.at("action").get<std::string>(), address = change.at("address").get<std::string>();
      // The address of a grant begins with that word.
      const auto where = change.contains("account") ? " in " + change.at("account").get<std::string>() : std::string();
      out += address.starts_with(action + " ") ? fmt::format("\n  {}{}\n", address, where)
                                               : fmt::format("\n  {} {}{}\n", action, address, where);
      for (const auto& line : change.at("diff")) {
        out += fmt::format("      {}   {} → {}\n", line.at("property").get<std::string>(), shown(line.at("before")),
                           shown(line.at("after")));
      }
      for (const auto& statement : change.at("statements"))
        out += fmt::format("      {};\n", statement.at("sql").get<std::string>());
    }
    if (plan.at("changes").empty()) out += "\nNo changes.\n";
    for (const auto& refusal : plan.at("refused")) {
      out += fmt::format("\n  refused: {}\n",
                         refusal.contains("message") ? refusal.at("message").get<std::string>() : dump(refusal));
    }
    out += fmt::format("\nfingerprint {}\n", plan.at("fingerprint").get<std::string>());
    return out;
  } catch (const Json::exception&) {
    return fail("this is not a plan of 'mesh plan -o FILE'");
  }
}

}  // namespace mesh::render
