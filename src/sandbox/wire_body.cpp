#include "wire_body.hpp"

#include <zlib.h>

#include <algorithm>

#include <fmt/format.h>

#include "mesh/base/digest.hpp"

namespace mesh::sandbox {
namespace {

// The recorded partitions of 20,000 rows held 2063, 4682, 9404 and 3851: about 100 KB, then each twice the one before.
constexpr size_t kFirstPartition = 100'000;
constexpr size_t kLargestPartition = 16'000'000;

void append_text(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

std::string text(std::string_view value) {
  std::string out;
  append_text(out, value);
  return out;
}

std::string number(const std::optional<int64_t>& value) { return value ? std::to_string(*value) : "null"; }

// Members in the order they are added, one a line, ` : ` between name and value.
class Members {
 public:
  explicit Members(size_t indent) : indent_(indent) {}
  Members& add(std::string_view name, std::string_view raw) {
    out_ += out_.empty() ? "{\n" : ",\n";
    out_.append(indent_ + 2, ' ');
    append_text(out_, name);
    out_ += " : ";
    out_ += raw;
    return *this;
  }
  Members& add_text(std::string_view name, std::string_view value) { return add(name, text(value)); }
  std::string close() {
    out_ += '\n';
    out_.append(indent_, ' ');
    out_ += '}';
    return std::move(out_);
  }

 private:
  size_t indent_;
  std::string out_;
};

std::string list(const std::vector<std::string>& items) {
  return items.empty() ? "[ ]" : fmt::format("[ {} ]", fmt::join(items, ", "));
}

std::string column_object(const Column& column) {
  return Members(4)
      .add_text("name", column.name)
      .add_text("database", column.database)
      .add_text("schema", column.schema)
      .add_text("table", column.table)
      .add("collation", "null")
      .add("byteLength", number(column.byte_length))
      .add("nullable", column.nullable ? "true" : "false")
      .add("scale", number(column.scale))
      .add("precision", number(column.precision))
      .add("length", number(column.length))
      .add_text("type", column.type)
      .close();
}

void append_row(std::string& out, const Row& row, bool nullable) {
  out += '[';
  for (size_t i = 0; i < row.size(); ++i) {
    if (i > 0) out += ',';
    if (row[i]) {
      append_text(out, *row[i]);
    } else {
      out += nullable ? "null" : "\"null\"";
    }
  }
  out += ']';
}

struct Partition {
  std::string rows;
  size_t count = 0;
};

std::vector<Partition> split(const ResultSet& result, bool nullable) {
  std::vector<Partition> parts(1);
  size_t limit = kFirstPartition;
  for (const Row& row : result.rows) {
    if (parts.back().rows.size() >= limit) {
      limit = std::min(2 * limit, kLargestPartition);
      parts.emplace_back();
    }
    Partition& part = parts.back();
    if (part.count > 0) part.rows += parts.size() == 1 ? "," : ",\n";
    append_row(part.rows, row, nullable);
    ++part.count;
  }
  return parts;
}

std::string partition_object(const Partition& part, size_t compressed) {
  Members members(4);
  members.add("rowCount", std::to_string(part.count)).add("uncompressedSize", std::to_string(part.rows.size()));
  if (compressed > 0) members.add("compressedSize", std::to_string(compressed));
  return members.close();
}

}  // namespace

std::string gzip(std::string_view from) {
  z_stream stream{};
  constexpr int kGzipWindow = 15 + 16;
  MESH_ASSERT(deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&stream, from.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(from.data()));
  stream.avail_in = static_cast<uInt>(from.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  MESH_ASSERT(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

size_t EncodedResult::bytes() const {
  size_t sum = metadata.size() + first.size();
  for (const std::string& part : later) sum += part.size();
  return sum;
}

EncodedResult encode(const ResultSet& result, bool nullable) {
  std::vector<Partition> parts = split(result, nullable);
  EncodedResult encoded;
  std::vector<std::string> infos, columns;
  for (const Partition& part : parts) {
    if (&part != &parts.front()) encoded.later.push_back(gzip(fmt::format("{{\"data\":[{}]}}", part.rows)));
    infos.push_back(partition_object(part, encoded.later.empty() ? 0 : encoded.later.back().size()));
  }
  for (const Column& column : result.columns) columns.push_back(column_object(column));
  encoded.metadata = Members(2)
                         .add("numRows", std::to_string(result.rows.size()))
                         .add_text("format", "jsonv2")
                         .add("partitionInfo", list(infos))
                         .add("rowType", list(columns))
                         .close();
  encoded.first = std::move(parts.front().rows);
  encoded.stats = result.stats;
  return encoded;
}

std::string result_body(const StatementFacts& facts, const EncodedResult& result) {
  Members members(0);
  members.add("resultSetMetaData", result.metadata);
  members.add("data", result.first.empty() ? "[ ]" : fmt::format("[ {} ]", result.first));
  members.add_text("code", "090001");
  if (!facts.children.empty()) {
    std::vector<std::string> handles;
    for (const std::string& child : facts.children) handles.push_back(text(child));
    members.add("statementHandles", list(handles));
  }
  members.add_text("statementStatusUrl",
                   fmt::format("/api/v2/statements/{}?requestId={}", facts.handle, facts.request_id));
  members.add_text("requestId", facts.request_id);
  members.add_text("sqlState", "00000");
  members.add_text("statementHandle", facts.handle);
  members.add_text("message", "Statement executed successfully.");
  members.add("createdOn", std::to_string(facts.created_on));
  if (result.stats) {
    members.add("stats", Members(2)
                             .add("numRowsInserted", std::to_string(result.stats->inserted))
                             .add("numRowsDeleted", std::to_string(result.stats->deleted))
                             .add("numRowsUpdated", std::to_string(result.stats->updated))
                             .add("numDmlDuplicates", std::to_string(result.stats->duplicates))
                             .close());
  }
  return members.close();
}

std::string running_body(const std::string& handle) {
  return Members(0)
      .add_text("code", "333334")
      .add_text("message",
                "Asynchronous execution in progress. Use provided query id to perform query monitoring and management.")
      .add_text("statementHandle", handle)
      .add_text("statementStatusUrl", "/api/v2/statements/" + handle)
      .close();
}

std::string canceled_body(const std::string& handle) {
  return Members(0)
      .add_text("code", "000604")
      .add_text("sqlState", "57014")
      .add_text("message", "SQL execution canceled")
      .add_text("statementHandle", handle)
      .add_text("statementStatusUrl", "/api/statements/" + handle)  // the old path, as recorded
      .close();
}

std::string failure_body(const SqlError& error, const std::optional<std::string>& handle) {
  return Members(0)
      .add_text("code", error.code)
      .add_text("message", error.message)
      .add_text("sqlState", error.sqlstate)
      .add("statementHandle", handle ? text(*handle) : "null")
      .close();
}

std::string short_failure_body(std::string_view code, std::string_view message) {
  return Members(0).add_text("code", code).add_text("message", message).close();
}

std::string link_header(const std::string& handle, size_t partition, size_t partitions) {
  std::string out;
  const auto add = [&](size_t to, std::string_view rel) {
    if (!out.empty()) out += ',';
    out += fmt::format("</api/v2/statements/{}?requestId={}&partition={}>; rel=\"{}\"", handle, random_uuid(), to, rel);
  };
  add(0, "first");
  if (partition > 0) add(partition - 1, "prev");
  if (partition + 1 < partitions) add(partition + 1, "next");
  add(partitions - 1, "last");
  return out;
}

}  // namespace mesh::sandbox
