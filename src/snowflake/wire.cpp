#include "wire.hpp"

#include <array>
#include <charconv>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "mesh/base/text.hpp"

namespace mesh::snowflake {
namespace {

using nlohmann::ordered_json;

std::optional<int64_t> integer(std::string_view text) {
  int64_t number = 0;
  const auto end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || at != end) return std::nullopt;
  return number;
}

int64_t count(std::string_view text) { return integer(text).value_or(0); }
DmlStats& stats(Reply& reply) { return reply.stats ? *reply.stats : reply.stats.emplace(); }

// One member we read: where it stands, and where its text goes. Containers end in [] for "each element of".
struct Member {
  std::string_view path;
  void (*set)(Reply&, std::string& text);
};
constexpr Member kMembers[] = {
    {".code", [](Reply& r, std::string& t) { r.code = std::move(t); }},
    {".sqlState", [](Reply& r, std::string& t) { r.sqlstate = std::move(t); }},
    {".message", [](Reply& r, std::string& t) { r.message = std::move(t); }},
    {".statementHandle", [](Reply& r, std::string& t) { r.handle = std::move(t); }},
    {".statementHandles[]", [](Reply& r, std::string& t) { r.child_handles.push_back(std::move(t)); }},
    {".resultSetMetaData.numRows", [](Reply& r, std::string& t) { r.num_rows = integer(t); }},
    {".resultSetMetaData.partitionInfo[].rowCount",
     [](Reply& r, std::string& t) { r.partition_rows.back() = integer(t); }},
    {".resultSetMetaData.rowType[].name", [](Reply& r, std::string& t) { r.columns.back().name = std::move(t); }},
    {".resultSetMetaData.rowType[].type", [](Reply& r, std::string& t) { r.columns.back().type = to_lower(t); }},
    {".resultSetMetaData.rowType[].nullable",
     [](Reply& r, std::string& t) { r.columns.back().nullable = t != "false"; }},
    {".resultSetMetaData.rowType[].precision",
     [](Reply& r, std::string& t) { r.columns.back().precision = integer(t); }},
    {".resultSetMetaData.rowType[].scale", [](Reply& r, std::string& t) { r.columns.back().scale = integer(t); }},
    {".resultSetMetaData.rowType[].length", [](Reply& r, std::string& t) { r.columns.back().length = integer(t); }},
    {".stats.numRowsInserted", [](Reply& r, std::string& t) { stats(r).inserted = count(t); }},
    {".stats.numRowsDeleted", [](Reply& r, std::string& t) { stats(r).deleted = count(t); }},
    {".stats.numRowsUpdated", [](Reply& r, std::string& t) { stats(r).updated = count(t); }},
    {".stats.numDmlDuplicates", [](Reply& r, std::string& t) { stats(r).duplicates = count(t); }},
    // The documentation's name for the same number.
    {".stats.numDuplicateRowsUpdated", [](Reply& r, std::string& t) { stats(r).duplicates = count(t); }},
};

struct Container {
  std::string_view path;
  void (*open)(Reply&);
};
constexpr Container kObjects[] = {
    {".resultSetMetaData", [](Reply& r) { r.has_metadata = true; }},
    {".resultSetMetaData.partitionInfo[]", [](Reply& r) { r.partition_rows.emplace_back(); }},
    {".resultSetMetaData.rowType[]", [](Reply& r) { r.columns.emplace_back(); }},
};

// Reads events straight into a Reply: results of many thousand rows never become a tree.
class Reader {
 public:
  Reply reply;
  std::string problem;

  bool null() { return at_value() ? (reply.rows.back().emplace_back(), true) : plain(); }
  bool boolean(bool value) { return text(value ? "true" : "false"); }
  bool number_integer(int64_t value) { return text(std::to_string(value)); }
  bool number_unsigned(uint64_t value) { return text(std::to_string(value)); }
  bool number_float(double, const std::string& digits) { return text(digits); }
  bool string(std::string& value) { return text(std::move(value)); }
  bool binary(const std::vector<uint8_t>&) { return refuse("it is not JSON"); }

  bool start_object(size_t) {
    if (in_data()) return refuse("its 'data' holds an object where a value belongs");
    if (too_deep()) return false;
    for (const auto& object : kObjects) {
      if (object.path == path_) object.open(reply);
    }
    bases_.push_back(path_.size());
    return true;
  }
  bool key(std::string& name) {
    path_.resize(bases_.back());
    path_ += '.';
    path_ += name;
    return true;
  }
  bool end_object() { return close(); }

  bool start_array(size_t) {
    if (bases_.empty()) return refuse("it is not a JSON object");
    if (path_ == kRow) return refuse("its 'data' holds an array where a value belongs");
    if (too_deep()) return false;
    if (path_ == ".data") reply.has_data = true;
    bases_.push_back(path_.size());
    path_ += "[]";
    if (path_ == kRow) reply.rows.emplace_back().reserve(reply.columns.size());
    return true;
  }
  bool end_array() { return close(); }

  bool parse_error(size_t position, const std::string&, const nlohmann::detail::exception&) {
    return refuse(fmt::format("it is not JSON at byte {}", position));
  }

 private:
  static constexpr std::string_view kRow = ".data[][]";
  static constexpr size_t kMostDepth = 64;  // the API's answers have five

  bool at_value() const { return path_ == kRow; }
  bool in_data() const { return path_.starts_with(".data["); }
  bool too_deep() { return bases_.size() >= kMostDepth && !refuse("it is nested too deeply"); }
  bool refuse(std::string why) { return problem = std::move(why), false; }
  bool plain() {
    if (bases_.empty()) return refuse("it is not a JSON object");
    return !in_data() || refuse("its 'data' holds a value where a row belongs");
  }
  bool close() {
    path_.resize(bases_.back());
    bases_.pop_back();
    return true;
  }
  bool text(std::string value) {
    if (at_value()) return reply.rows.back().emplace_back(std::move(value)), true;
    if (!plain()) return false;
    for (const auto& member : kMembers) {
      if (member.path == path_) return member.set(reply, value), true;
    }
    return true;
  }

  std::string path_;
  std::vector<size_t> bases_;  // length of the path at each open container
};

ordered_json bindings(const std::vector<Binding>& values) {
  ordered_json object = ordered_json::object();
  size_t number = 0;
  for (const auto& binding : values) {
    ordered_json value = binding.value ? ordered_json(*binding.value) : ordered_json(nullptr);
    object[std::to_string(++number)] = {{"type", binding.type}, {"value", std::move(value)}};
  }
  return object;
}

}  // namespace

Result<Reply> parse_reply(std::string_view body) {
  Reader reader;
  if (ordered_json::sax_parse(body, &reader)) return std::move(reader.reply);
  return fail(reader.problem.empty() ? "it is not JSON" : reader.problem);
}

std::string submit_body(const Request& request) {
  ordered_json body = {{"statement", request.sql}};
  if (request.timeout_s > 0) body["timeout"] = request.timeout_s;
  const std::pair<const char*, const std::string&> context[] = {{"database", request.database},
                                                                {"schema", request.schema},
                                                                {"warehouse", request.warehouse},
                                                                {"role", request.role}};
  for (const auto& [key, name] : context) {
    if (!name.empty()) body[key] = name;
  }
  if (!request.bindings.empty()) body["bindings"] = bindings(request.bindings);
  if (!request.query_tag.empty()) body["parameters"]["QUERY_TAG"] = request.query_tag;
  if (request.multi_statement_count != 1) {
    body["parameters"]["MULTI_STATEMENT_COUNT"] = std::to_string(request.multi_statement_count);
  }
  return body.dump();
}

std::string json_string(std::string_view text) {
  return ordered_json(text).dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace mesh::snowflake
