// File formats. Reference: CREATE FILE FORMAT, ALTER FILE FORMAT, SHOW FILE FORMATS.
#include <charconv>

#include "mesh/base/text.hpp"
#include "tables.hpp"

namespace mesh::kinds {
namespace {

constexpr std::array<std::string_view, 1> kPrivileges = {"USAGE"};
constexpr std::array<std::string_view, 6> kTypes = {"CSV", "JSON", "AVRO", "ORC", "PARQUET", "XML"};
constexpr std::array<std::string_view, 10> kCompressions = {"AUTO",    "GZIP",        "BZ2", "BROTLI", "ZSTD",
                                                            "DEFLATE", "RAW_DEFLATE", "LZO", "SNAPPY", "NONE"};
constexpr std::array<std::string_view, 3> kBinaryFormats = {"HEX", "BASE64", "UTF8"};
constexpr std::array<std::string_view, 1> kNone = {"NONE"};
constexpr std::array<std::string_view, 1> kAuto = {"AUTO"};
constexpr std::array<std::string_view, 1> kNullIf = {"\\N"};

enum Types : unsigned { Csv = 1, JsonType = 2, Avro = 4, Orc = 8, Parquet = 16, Xml = 32 };

std::string_view type_of(const Object& format) {
  const Value* stated = format.find("type");
  return stated == nullptr || stated->text() == nullptr ? std::string_view("CSV") : std::string_view(*stated->text());
}

template <unsigned types>
bool is_of(const Object& format) {
  for (size_t i = 0; i < kTypes.size(); ++i) {
    if (kTypes[i] == type_of(format)) return (types >> i & 1U) != 0;
  }
  return false;
}

// The digits from `at` on in that base, at most `most` of them; none where none stand there.
std::optional<unsigned> number_at(std::string_view text, size_t at, size_t most, int base, size_t& end) {
  unsigned number = 0;
  const char* first = text.data() + std::min(at, text.size());
  const char* last = text.data() + std::min(at + most, text.size());
  const auto [stop, error] = std::from_chars(first, last, number, base);
  if (error != std::errc() || stop == first) return std::nullopt;
  end = static_cast<size_t>(stop - text.data());
  return number;
}

// The character that an escape at `at` stands for; what lies outside of ASCII stays as it is written.
std::optional<char> unescaped(std::string_view text, size_t at, size_t& end) {
  constexpr std::pair<char, char> kEscapes[] = {{'n', '\n'}, {'t', '\t'}, {'r', '\r'},  {'b', '\b'},
                                                {'f', '\f'}, {'"', '"'},  {'\'', '\''}, {'\\', '\\'}};
  if (at + 1 >= text.size()) return std::nullopt;
  end = at + 2;
  for (const auto& [letter, meaning] : kEscapes) {
    if (text[at + 1] == letter) return meaning;
  }
  const bool hex = text[at + 1] == 'x' || text[at + 1] == 'X';
  const auto number = hex ? number_at(text, at + 2, 2, 16, end) : number_at(text, at + 1, 3, 8, end);
  if (!number || *number == 0 || *number >= 0x80) return std::nullopt;
  return static_cast<char>(*number);
}

// One spelling for '\t' and a tab, '0x5e', '\136' and '^'. Snowflake takes all of them and shows some escaped
// (file_format, normalization: "single-character values are shown escaped").
std::string characters(std::string_view written) {
  if (written.size() == 4 && (written.substr(0, 2) == "0x" || written.substr(0, 2) == "0X")) {
    size_t end = 0;
    const auto number = number_at(written, 2, 2, 16, end);
    if (number && end == 4 && *number > 0 && *number < 0x80) return std::string(1, static_cast<char>(*number));
  }
  std::string out;
  for (size_t i = 0; i < written.size();) {
    size_t end = i + 1;
    const auto meant = written[i] == '\\' ? unescaped(written, i, end) : std::nullopt;
    out += meant.value_or(written[i]);
    i = meant ? end : i + 1;
  }
  return out;
}

// NONE stands for no extension, which SHOW prints as null.
std::string extension(std::string_view written) {
  return iequals(written, "NONE") ? std::string() : std::string(written);
}

// UTF-8 is UTF8.
std::string encoding(std::string_view written) {
  std::string name = to_upper(written);
  std::erase_if(name, [](char c) { return c == '-' || c == '_'; });
  return name;
}

// What SHOW tells of other types is not certain (the page says \N): left alone there.
std::string_view null_default(const Object& format) { return type_of(format) == "CSV" ? "\\N" : ""; }

// REPLACE_INVALID_CHARACTERS and IGNORE_UTF8_ERRORS are two spellings of one option (the page on JSON): where one is
// written the other is left alone.
std::string_view unless_ignoring(const Object& format) {
  return format.find("ignore_utf8_errors") == nullptr ? "false" : "";
}
std::string_view unless_replacing(const Object& format) {
  return format.find("replace_invalid_characters") == nullptr ? "false" : "";
}

bool says(const Object& format, std::string_view option, const Value& value) {
  const Value* stated = format.find(option);
  return stated != nullptr && *stated == value;
}

std::string contradiction(const Object& format) {
  const Value* compression = format.find("compression");
  if (compression != nullptr && compression->text() != nullptr) {
    const auto& chosen = *compression->text();
    const bool any = chosen == "AUTO" || chosen == "NONE", columnar = chosen == "LZO" || chosen == "SNAPPY";
    const bool parquet = type_of(format) == "PARQUET";
    if (parquet && !any && !columnar) return "compression of PARQUET is one of AUTO, LZO, SNAPPY, NONE";
    if (!parquet && columnar) return "only PARQUET is compressed with " + chosen;
    if (type_of(format) == "AVRO" && chosen == "BZ2") return "AVRO cannot be compressed with BZ2";
  }
  const Value* skip = format.find("skip_header");
  if (says(format, "parse_header", Value(true)) && skip != nullptr && *skip != Value(0))
    return "skip_header does not go together with parse_header";
  const Value *ignored = format.find("ignore_utf8_errors"), *replaced = format.find("replace_invalid_characters");
  if (ignored != nullptr && replaced != nullptr && *ignored != *replaced)
    return "ignore_utf8_errors and replace_invalid_characters mean the same: write one of them";
  return {};
}

// Options are set back, for there is no UNSET of them (ALTER FILE FORMAT).
constexpr PropertyRow option(std::string_view name, ValueType type, std::string_view clause,
                             bool (*applies)(const Object&), std::string_view default_value, std::string_view doc) {
  PropertyRow row;
  row.name = name;
  row.type = type;
  row.clause = clause;
  row.column = "format_options";
  row.json_key = clause;
  row.change = ChangeBy::Set;
  row.default_value = default_value;
  row.applies = applies;
  row.doc = doc;
  return row;
}

constexpr PropertyRow flag(std::string_view name, std::string_view clause, bool (*applies)(const Object&),
                           std::string_view default_value, std::string_view doc) {
  return option(name, ValueType::Boolean, clause, applies, default_value, doc);
}

// A text of characters, or a word in its place.
constexpr PropertyRow text_or(std::span<const std::string_view> words, PropertyRow row) {
  row.values = words;
  if (words.data() == kNone.data()) row.normal = characters;
  return row;
}

constexpr auto kRows = [] {
  constexpr auto csv = is_of<Csv>, json = is_of<JsonType>, parquet = is_of<Parquet>, xml = is_of<Xml>;
  constexpr auto delimited = is_of<Csv | JsonType>, marked = is_of<JsonType | Xml>;
  constexpr auto trimmed = is_of<Csv | JsonType | Avro | Orc | Parquet>, packed = is_of<~unsigned{Orc}>;
  constexpr auto with_mark = is_of<Csv | JsonType | Xml>;
  constexpr auto text = ValueType::Text;
  std::array<PropertyRow, 36> rows{};
  size_t n = 0;
  rows[n] = option("type", ValueType::OneOf, "TYPE", nullptr, "CSV", "What the files are; fixed at creation.");
  rows[n].json_key = {};
  rows[n].column = "type";
  rows[n].change = ChangeBy::Immutable;
  rows[n++].values = kTypes;
  rows[n] = option("compression", ValueType::OneOf, "COMPRESSION", packed, "AUTO", "How files are compressed.");
  rows[n++].values = kCompressions;
  rows[n++] = text_or(kNone, option("record_delimiter", text, "RECORD_DELIMITER", csv, "\n", "What ends a record."));
  rows[n++] = text_or(kNone, option("field_delimiter", text, "FIELD_DELIMITER", csv, ",", "What parts fields."));
  rows[n++] = flag("multi_line", "MULTI_LINE", delimited, "true", "Whether a record may hold line breaks.");
  rows[n] = option("file_extension", text, "FILE_EXTENSION", delimited, "", "Extension of unloaded files.");
  rows[n].normal = extension;
  rows[n++].null_word = "NONE";
  rows[n++] = flag("parse_header", "PARSE_HEADER", csv, "false", "Whether the first line names the columns.");
  rows[n] = option("skip_header", ValueType::Integer, "SKIP_HEADER", csv, "0", "Lines to skip at the beginning.");
  rows[n++].max = 2147483647;
  rows[n++] = flag("skip_blank_lines", "SKIP_BLANK_LINES", csv, "false", "Whether empty lines are no error.");
  rows[n++] = text_or(kAuto, option("date_format", text, "DATE_FORMAT", delimited, "AUTO", "How dates are written."));
  rows[n++] = text_or(kAuto, option("time_format", text, "TIME_FORMAT", delimited, "AUTO", "How times are written."));
  rows[n++] = text_or(
      kAuto, option("timestamp_format", text, "TIMESTAMP_FORMAT", delimited, "AUTO", "How timestamps are written."));
  rows[n] = option("binary_format", ValueType::OneOf, "BINARY_FORMAT", delimited, "HEX", "How bytes are written.");
  rows[n++].values = kBinaryFormats;
  rows[n++] = text_or(kNone, option("escape", text, "ESCAPE", csv, "NONE", "Escape character of enclosed fields."));
  rows[n++] = text_or(kNone, option("escape_unenclosed_field", text, "ESCAPE_UNENCLOSED_FIELD", csv, "\\",
                                    "Escape character of fields that are not enclosed."));
  rows[n++] = flag("trim_space", "TRIM_SPACE", trimmed, "false", "Whether blanks around values are removed.");
  rows[n++] = text_or(kNone, option("field_optionally_enclosed_by", text, "FIELD_OPTIONALLY_ENCLOSED_BY", csv, "NONE",
                                    "The quote around fields."));
  rows[n] = option("null_if", ValueType::Texts, "NULL_IF", trimmed, "", "Texts that stand for NULL.");
  rows[n].normal = characters;
  rows[n].default_list = kNullIf;
  rows[n++].default_for = null_default;
  rows[n++] = flag("error_on_column_count_mismatch", "ERROR_ON_COLUMN_COUNT_MISMATCH", csv, "true",
                   "Whether a record with more or fewer fields than columns is an error.");
  rows[n] = flag("replace_invalid_characters", "REPLACE_INVALID_CHARACTERS", nullptr, "false",
                 "Whether invalid UTF-8 becomes U+FFFD instead of an error.");
  rows[n++].default_for = unless_ignoring;
  rows[n++] = flag("empty_field_as_null", "EMPTY_FIELD_AS_NULL", csv, "true", "Whether an empty field is NULL.");
  rows[n++] = flag("skip_byte_order_mark", "SKIP_BYTE_ORDER_MARK", with_mark, "true",
                   "Whether a byte order mark at the beginning is skipped.");
  rows[n] = option("encoding", text, "ENCODING", csv, "UTF8", "Character set of the files.");
  rows[n++].normal = encoding;
  rows[n++] = flag("enable_octal", "ENABLE_OCTAL", json, "false", "Whether octal numbers are read.");
  rows[n++] =
      flag("allow_duplicate", "ALLOW_DUPLICATE", json, "false", "Whether a key may stand twice; the last counts.");
  rows[n++] = flag("strip_outer_array", "STRIP_OUTER_ARRAY", json, "false", "Whether the outer brackets are removed.");
  rows[n++] = flag("strip_null_values", "STRIP_NULL_VALUES", json, "false", "Whether null fields are removed.");
  rows[n] = flag("ignore_utf8_errors", "IGNORE_UTF8_ERRORS", marked, "false",
                 "Another spelling of replace_invalid_characters.");
  rows[n++].default_for = unless_replacing;
  rows[n++] = flag("snappy_compression", "SNAPPY_COMPRESSION", parquet, "true",
                   "Deprecated: whether unloaded files are compressed with Snappy; see compression.");
  rows[n++] =
      flag("binary_as_text", "BINARY_AS_TEXT", parquet, "true", "Whether columns without logical type are text.");
  rows[n++] = flag("use_logical_type", "USE_LOGICAL_TYPE", parquet, "false", "Whether Parquet's logical types count.");
  // Its default is announced to change (the page): left alone where it is not written.
  rows[n] = flag("use_vectorized_scanner", "USE_VECTORIZED_SCANNER", parquet, "", "Whether the faster scanner reads.");
  rows[n++].absent = Absent::Leave;
  rows[n++] = flag("preserve_space", "PRESERVE_SPACE", xml, "false", "Whether blanks in elements are kept.");
  rows[n++] = flag("strip_outer_element", "STRIP_OUTER_ELEMENT", xml, "false",
                   "Whether the outer element is removed, and those of the second level become documents.");
  rows[n++] =
      flag("disable_auto_convert", "DISABLE_AUTO_CONVERT", xml, "false", "Whether numbers and booleans stay texts.");
  rows[n] = comment_row();
  rows[n++].change = ChangeBy::Set;
  return rows;
}();
static_assert(sound(kRows));

}  // namespace

constinit const Kind kFileFormat = {.id = KindId::FileFormat,
                                    .words = "file format",
                                    .collection = "file_formats",
                                    .sql = "FILE FORMAT",
                                    .sql_plural = "FILE FORMATS",
                                    .granted_on = "FILE_FORMAT",
                                    .scope = Scope::Schema,
                                    .properties = kRows,
                                    .privileges = kPrivileges,
                                    .may_have_future_grants = true,
                                    .renames_across_schemas = true,
                                    .contradiction = contradiction,
                                    .doc =
                                        "How files are read and written. Options are altered in place, the type is "
                                        "fixed. In texts, escapes such as \\t "
                                        "or 0x5e mean the character. There is no UNDROP."};

}  // namespace mesh::kinds
