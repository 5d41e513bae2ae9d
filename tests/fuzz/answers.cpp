// What comes over the wire: JSON bodies of the SQL API, the encodings of values, the JSON of single cells and of the
// ledger.

#include "column_type.hpp"
#include "flat_json.hpp"
#include "fuzz.hpp"
#include "json.hpp"
#include "mesh/snowflake/values.hpp"
#include "wire.hpp"

using namespace mesh;

namespace {

void read_body(const std::string& text) {
  const auto reply = snowflake::parse_reply(text);
  if (!reply) return;
  for (const auto& row : reply->rows) {
    for (size_t i = 0; i < row.size() && i < reply->columns.size(); ++i) {
      if (row[i]) static_cast<void>(snowflake::readable(reply->columns[i], *row[i]));
    }
  }
  snowflake::Request request;
  request.sql = reply->message;
  request.role = reply->code;
  request.bindings.push_back({"TEXT", reply->sqlstate});
  static_cast<void>(snowflake::submit_body(request));
}

void read_value(const std::string& text) {
  static_cast<void>(snowflake::epoch_ms(text));
  static_cast<void>(snowflake::boolean(text));
  for (const auto* type : {"text", "fixed", "date", "time", "timestamp_ltz", "timestamp_ntz", "timestamp_tz"}) {
    snowflake::Column column;
    column.type = type;
    static_cast<void>(snowflake::readable(column, text));
  }
}

void read_cell(const std::string& text) {
  static_cast<void>(live::Json::parse(text));
  for (const auto& type : {live::parse_column_type(text), live::parse_described_type(text)}) {
    if (!type) continue;
    const auto again = DataType::parse(type->type.to_string());
    LAW(again && *again == type->type, type->type.to_string());
  }
}

void read_ledger(const std::string& text) {
  if (const auto texts = apply::decode_texts(text)) {
    const auto again = apply::decode_texts(apply::encode(*texts));
    LAW(again && *again == *texts, apply::encode(*texts));
  }
  static_cast<void>(apply::decode_echoes(text));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text = fuzz::text_of(data, size);
  read_body(text);
  read_value(text);
  read_cell(text);
  read_ledger(text);
  return 0;
}
