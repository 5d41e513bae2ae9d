#include "format_options.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "mesh/base/text.hpp"
#include "query_json.hpp"
#include "sql_error.hpp"

namespace mesh::sandbox {
namespace {

constexpr std::string_view kAll = "CSV,JSON,AVRO,ORC,PARQUET,XML";
constexpr std::string_view kTypes = kAll;
constexpr std::string_view kCompressions = "AUTO,GZIP,BZ2,BROTLI,ZSTD,DEFLATE,RAW_DEFLATE,LZO,SNAPPY,NONE";

constexpr FormatOption kOptions[] = {
    {"RECORD_DELIMITER", "CSV", FormatValue::Text, "\n", "NONE"},
    {"FIELD_DELIMITER", "CSV", FormatValue::Text, ",", "NONE"},
    {"FILE_EXTENSION", "CSV,JSON", FormatValue::Text, "", "NONE"},
    {"SKIP_HEADER", "CSV", FormatValue::Number, "0", ""},
    {"PARSE_HEADER", "CSV", FormatValue::Flag, "false", ""},
    {"DATE_FORMAT", "CSV,JSON", FormatValue::Text, "AUTO", "AUTO"},
    {"TIME_FORMAT", "CSV,JSON", FormatValue::Text, "AUTO", "AUTO"},
    {"TIMESTAMP_FORMAT", "CSV,JSON", FormatValue::Text, "AUTO", "AUTO"},
    {"BINARY_FORMAT", "CSV,JSON", FormatValue::Word, "HEX", "HEX,BASE64,UTF8,UTF-8"},
    {"ESCAPE", "CSV", FormatValue::Text, "NONE", "NONE"},
    {"ESCAPE_UNENCLOSED_FIELD", "CSV", FormatValue::Text, "\\", "NONE"},
    {"TRIM_SPACE", "CSV,JSON,AVRO,ORC,PARQUET", FormatValue::Flag, "false", ""},
    {"FIELD_OPTIONALLY_ENCLOSED_BY", "CSV", FormatValue::Text, "NONE", "NONE"},
    {"NULL_IF", "CSV,JSON,AVRO,ORC,PARQUET", FormatValue::List, R"(["\\N"])", ""},
    {"COMPRESSION", "CSV,JSON,AVRO,PARQUET,XML", FormatValue::Word, "AUTO", kCompressions},
    {"ERROR_ON_COLUMN_COUNT_MISMATCH", "CSV", FormatValue::Flag, "true", ""},
    {"SKIP_BLANK_LINES", "CSV", FormatValue::Flag, "false", ""},
    {"REPLACE_INVALID_CHARACTERS", kAll, FormatValue::Flag, "false", ""},
    {"EMPTY_FIELD_AS_NULL", "CSV", FormatValue::Flag, "true", ""},
    {"SKIP_BYTE_ORDER_MARK", "CSV,JSON,XML", FormatValue::Flag, "true", ""},
    {"ENCODING", "CSV", FormatValue::Text, "UTF8", "UTF8"},
    {"MULTI_LINE", "CSV,JSON", FormatValue::Flag, "true", ""},
    {"ENABLE_OCTAL", "JSON", FormatValue::Flag, "false", ""},
    {"ALLOW_DUPLICATE", "JSON", FormatValue::Flag, "false", ""},
    {"STRIP_OUTER_ARRAY", "JSON", FormatValue::Flag, "false", ""},
    {"STRIP_NULL_VALUES", "JSON", FormatValue::Flag, "false", ""},
    {"IGNORE_UTF8_ERRORS", "JSON,XML", FormatValue::Flag, "false", ""},
    {"SNAPPY_COMPRESSION", "PARQUET", FormatValue::Flag, "true", ""},
    {"BINARY_AS_TEXT", "PARQUET", FormatValue::Flag, "true", ""},
    {"USE_LOGICAL_TYPE", "PARQUET", FormatValue::Flag, "false", ""},
    {"USE_VECTORIZED_SCANNER", "PARQUET", FormatValue::Flag, "false", ""},
    {"PRESERVE_SPACE", "XML", FormatValue::Flag, "false", ""},
    {"STRIP_OUTER_ELEMENT", "XML", FormatValue::Flag, "false", ""},
    {"DISABLE_AUTO_CONVERT", "XML", FormatValue::Flag, "false", ""},
};

bool lists(std::string_view list, std::string_view word) {
  const auto words = split(list, ',');
  return std::find(words.begin(), words.end(), word) != words.end();
}

// COMPRESSION takes other words with each type (docs: create-file-format).
bool compresses(std::string_view type, std::string_view how) {
  if (how == "AUTO" || how == "NONE") return true;
  const bool columnar = how == "LZO" || how == "SNAPPY";
  if (type == "PARQUET") return columnar;
  return !columnar && !(type == "AVRO" && how == "BZ2");
}

std::string list_json(const std::vector<std::string>& items) {
  std::vector<std::optional<std::string>> quoted;
  for (const auto& item : items) quoted.emplace_back(query::json_quote(item));
  return query::json_array(quoted);
}

// The value as it is kept; nullopt where the option does not take it.
std::optional<std::string> kept(const FormatOption& option, const Value& value) {
  const std::string upper = to_upper(value.text);
  const bool text = value.form == Value::Form::Text, word = value.form == Value::Form::Word;
  switch (option.value) {
    case FormatValue::Text:
      if (word) return lists(option.allowed, upper) ? std::optional(upper) : std::nullopt;
      return text ? std::optional(value.text) : std::nullopt;
    case FormatValue::Word:
      // Enum values keep the case they were typed in (file_format, describe).
      return (text || word) && lists(option.allowed, upper) ? std::optional(value.text) : std::nullopt;
    case FormatValue::Number:
      return value.form == Value::Form::Number && value.text[0] != '-' ? std::optional(value.text) : std::nullopt;
    case FormatValue::Flag:
      return word && (upper == "TRUE" || upper == "FALSE") ? std::optional(to_lower(upper)) : std::nullopt;
    case FormatValue::List:
      if (text) return list_json({value.text});
      return value.form == Value::Form::List ? std::optional(list_json(value.items)) : std::nullopt;
  }
  return std::nullopt;
}

// Control characters, and a backslash that stands alone, are shown escaped (file_format, normalization).
std::string escaped(const std::string& text) {
  if (text == "\\") return "\\\\";
  return replace_all(replace_all(replace_all(text, "\n", "\\n"), "\t", "\\t"), "\r", "\\r");
}

std::string current(const FormatOption& option, const Properties& options) {
  const auto it = options.find(option.name);
  return it == options.end() ? std::string(option.initial) : it->second;
}

// NONE and nothing are no extension.
bool is_null(const FormatOption& option, const std::string& value) {
  return option.name == "FILE_EXTENSION" && (value.empty() || value == "NONE");
}

std::string json_of(const FormatOption& option, const std::string& value) {
  if (is_null(option, value)) return "null";
  switch (option.value) {
    case FormatValue::Number:
    case FormatValue::Flag:
    case FormatValue::List:
      return value;
    case FormatValue::Text:
    case FormatValue::Word:
      return query::json_quote(escaped(value));
  }
  return "null";
}

// [\\N, ] : lists are printed without quotes (stage, describe).
std::string printed(const FormatOption& option, const std::string& value) {
  if (is_null(option, value)) return "";
  if (option.value != FormatValue::List) return escaped(value);
  std::vector<std::string> items;
  for (int64_t i = 0, n = query::json_array_size(value).value_or(0); i < n; ++i)
    items.push_back(query::json_scalar(*query::json_element(value, i)).text);
  return "[" + join(items, ", ") + "]";
}

std::string_view type_words(FormatValue value) {
  switch (value) {
    case FormatValue::Number:
      return "Integer";
    case FormatValue::Flag:
      return "Boolean";
    case FormatValue::List:
      return "List";
    case FormatValue::Text:
    case FormatValue::Word:
      return "String";
  }
  return "String";
}

void read_type(Parser& parser, std::string& type, bool fixed) {
  const Value value = parser.value();
  const std::string given = to_upper(value.text);
  if (!lists(kTypes, given)) refuse_property_value(value.text, "TYPE");
  if (fixed && given != type) refuse_unsupported("ALTER FILE FORMAT SET TYPE");
  type = given;
}

}  // namespace

std::vector<const FormatOption*> format_options_of(std::string_view type) {
  std::vector<const FormatOption*> found;
  for (const auto& option : kOptions) {
    if (lists(option.types, type)) found.push_back(&option);
  }
  return found;
}

void read_format_options(Parser& parser, std::string& type, Properties& options) {
  const bool fixed = !type.empty();
  std::vector<std::pair<std::string, Value>> given;
  while (parser.peek().is_name() && parser.at_symbol("=", 1) && !parser.at("COMMENT")) {
    const std::string key = parser.next().folded();
    parser.expect_symbol("=");
    if (key == "TYPE") {
      read_type(parser, type, fixed);
    } else {
      given.emplace_back(key, parser.value());
    }
    parser.accept_symbol(",");
  }
  if (type.empty()) type = "CSV";
  for (const auto& [key, value] : given) {
    const auto option = std::find_if(std::begin(kOptions), std::end(kOptions), [&, k = key](const FormatOption& o) {
      return o.name == k && lists(o.types, type);
    });
    if (option == std::end(kOptions)) refuse_property(key, "FILE FORMAT");
    const auto text = kept(*option, value);
    if (!text || (key == "COMPRESSION" && !compresses(type, to_upper(*text)))) refuse_property_value(value.text, key);
    options[key] = *text;
  }
}

std::string format_json(std::string_view type, const Properties& options) {
  std::string out = fmt::format("{{\"TYPE\":\"{}\"", type);
  for (const auto* option : format_options_of(type))
    out += fmt::format(",\"{}\":{}", option->name, json_of(*option, current(*option, options)));
  return out + "}";
}

std::vector<FormatRow> format_rows(std::string_view type, const Properties& options) {
  std::vector<FormatRow> rows = {{"TYPE", "String", std::string(type), "CSV"}};
  for (const auto* option : format_options_of(type)) {
    rows.push_back({std::string(option->name), std::string(type_words(option->value)),
                    printed(*option, current(*option, options)), printed(*option, std::string(option->initial))});
  }
  return rows;
}

}  // namespace mesh::sandbox
