#include "types.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "mesh/base/text.hpp"
#include "sql_error.hpp"

namespace mesh::sandbox {
namespace {

enum class Shape {
  Number,
  Integer,
  Float,
  LooseFloat,
  Text,
  Binary,
  Time,
  Timestamp,
  Bare,
  Array,
  Object,
  Map,
  Vector,
  Decfloat
};

struct TypeWord {
  std::string_view words;  // the longest that fits wins
  std::string_view base;
  Shape shape;
  int64_t initial = 0;  // default length or precision
};

constexpr int64_t kTextLength = 16777216, kTextMost = 134217728;
constexpr int64_t kBinaryLength = 8388608, kBinaryMost = 67108864;

constexpr TypeWord kTypes[] = {
    {"NUMBER", "NUMBER", Shape::Number, 38},
    {"DECIMAL", "NUMBER", Shape::Number, 38},
    {"DEC", "NUMBER", Shape::Number, 38},
    {"NUMERIC", "NUMBER", Shape::Number, 38},
    {"INT", "NUMBER", Shape::Integer},
    {"INTEGER", "NUMBER", Shape::Integer},
    {"BIGINT", "NUMBER", Shape::Integer},
    {"SMALLINT", "NUMBER", Shape::Integer},
    {"TINYINT", "NUMBER", Shape::Integer},
    {"BYTEINT", "NUMBER", Shape::Integer},
    {"FLOAT", "FLOAT", Shape::LooseFloat},
    {"FLOAT4", "FLOAT", Shape::LooseFloat},
    {"FLOAT8", "FLOAT", Shape::LooseFloat},
    {"REAL", "FLOAT", Shape::LooseFloat},
    {"DOUBLE PRECISION", "FLOAT", Shape::Float},
    {"DOUBLE", "FLOAT", Shape::Float},
    {"DECFLOAT", "DECFLOAT", Shape::Decfloat, 38},
    {"VARCHAR", "VARCHAR", Shape::Text, kTextLength},
    {"STRING", "VARCHAR", Shape::Text, kTextLength},
    {"TEXT", "VARCHAR", Shape::Text, kTextLength},
    {"VARCHAR2", "VARCHAR", Shape::Text, kTextLength},
    {"NVARCHAR", "VARCHAR", Shape::Text, kTextLength},
    {"NVARCHAR2", "VARCHAR", Shape::Text, kTextLength},
    {"CHAR VARYING", "VARCHAR", Shape::Text, kTextLength},
    {"NCHAR VARYING", "VARCHAR", Shape::Text, kTextLength},
    {"CHAR", "VARCHAR", Shape::Text, 1},
    {"CHARACTER", "VARCHAR", Shape::Text, 1},
    {"NCHAR", "VARCHAR", Shape::Text, 1},
    {"BINARY", "BINARY", Shape::Binary, kBinaryLength},
    {"VARBINARY", "BINARY", Shape::Binary, kBinaryLength},
    {"BOOLEAN", "BOOLEAN", Shape::Bare},
    {"DATE", "DATE", Shape::Bare},
    {"TIME", "TIME", Shape::Time, 9},
    {"DATETIME", "TIMESTAMP_NTZ", Shape::Time, 9},
    {"TIMESTAMP_NTZ", "TIMESTAMP_NTZ", Shape::Time, 9},
    {"TIMESTAMPNTZ", "TIMESTAMP_NTZ", Shape::Time, 9},
    {"TIMESTAMP_LTZ", "TIMESTAMP_LTZ", Shape::Time, 9},
    {"TIMESTAMPLTZ", "TIMESTAMP_LTZ", Shape::Time, 9},
    {"TIMESTAMP_TZ", "TIMESTAMP_TZ", Shape::Time, 9},
    {"TIMESTAMPTZ", "TIMESTAMP_TZ", Shape::Time, 9},
    {"TIMESTAMP", "", Shape::Timestamp, 9},
    {"VARIANT", "VARIANT", Shape::Bare},
    {"OBJECT", "OBJECT", Shape::Object},
    {"ARRAY", "ARRAY", Shape::Array},
    {"MAP", "MAP", Shape::Map},
    {"GEOGRAPHY", "GEOGRAPHY", Shape::Bare},
    {"GEOMETRY", "GEOMETRY", Shape::Bare},
    {"FILE", "FILE", Shape::Bare},
    {"UUID", "UUID", Shape::Bare},
    {"VECTOR", "VECTOR", Shape::Vector},
};

// Written behind TIMESTAMP, with or without a precision in between.
constexpr std::pair<std::string_view, std::string_view> kZones[] = {{"WITHOUT TIME ZONE", "TIMESTAMP_NTZ"},
                                                                    {"WITH LOCAL TIME ZONE", "TIMESTAMP_LTZ"},
                                                                    {"WITH TIME ZONE", "TIMESTAMP_TZ"}};

const TypeWord* find_type(const Parser& p) {
  const TypeWord* best = nullptr;
  for (const TypeWord& type : kTypes) {
    if (p.at(type.words) && (best == nullptr || type.words.size() > best->words.size())) best = &type;
  }
  return best;
}

[[noreturn]] void refuse_range(std::string_view what, int64_t value, int64_t least, int64_t most) {
  // The words of Snowflake's message are unconfirmed.
  refuse_compilation("002040", "42601",
                     fmt::format("Invalid {}: {}. Must be between {} and {}.", what, value, least, most));
}

class TypeReader {
 public:
  TypeReader(Parser& parser, const std::string& timestamp) : p_(parser), timestamp_(timestamp) {}

  DataType read() {
    const TypeWord* type = find_type(p_);
    if (type == nullptr) {
      if (!p_.peek().is_name()) p_.unexpected();
      refuse_compilation("002040", "42601", fmt::format("Unsupported data type '{}'.", p_.peek().folded()));
    }
    p_.expect(type->words);
    return {arguments(*type), std::string(type->words)};
  }

 private:
  std::string arguments(const TypeWord& type) {
    switch (type.shape) {
      case Shape::Bare:
        return std::string(type.base);
      case Shape::Integer:
        return "NUMBER(38,0)";
      case Shape::Float:
        return "FLOAT";
      case Shape::LooseFloat:
        if (p_.at_symbol("(")) p_.skip_parentheses();
        return "FLOAT";
      case Shape::Number:
        return number();
      case Shape::Text:
        return sized("VARCHAR", "length", type.initial, 1, kTextMost);
      case Shape::Binary:
        return sized("BINARY", "length", type.initial, 1, kBinaryMost);
      case Shape::Decfloat:
        return sized("DECFLOAT", "precision", 38, 38, 38);
      case Shape::Time:
        return sized(type.base, "precision", type.initial, 0, 9);
      case Shape::Timestamp:
        return timestamp();
      case Shape::Array:
        return p_.at_symbol("(") ? "ARRAY(" + element_in_parentheses() + ")" : "ARRAY";
      case Shape::Object:
        return p_.at_symbol("(") ? object() : "OBJECT";
      case Shape::Map:
        return map();
      case Shape::Vector:
        return vector();
    }
    p_.unexpected();
  }

  int64_t argument(std::string_view what, int64_t least, int64_t most) {
    const int64_t value = p_.integer();
    if (value < least || value > most) refuse_range(what, value, least, most);
    return value;
  }

  std::string sized(std::string_view base, std::string_view what, int64_t initial, int64_t least, int64_t most) {
    int64_t size = initial;
    if (p_.accept_symbol("(")) {
      size = argument(what, least, most);
      p_.expect_symbol(")");
    }
    return fmt::format("{}({})", base, size);
  }

  std::string number() {
    int64_t precision = 38, scale = 0;
    if (p_.accept_symbol("(")) {
      precision = argument("number precision", 1, 38);
      if (p_.accept_symbol(",")) scale = argument("number scale", 0, std::min<int64_t>(precision, 37));
      p_.expect_symbol(")");
    }
    return fmt::format("NUMBER({},{})", precision, scale);
  }

  std::string timestamp() {
    std::string base = timestamp_;
    const auto zone = [&] {
      for (const auto& [words, type] : kZones) {
        if (p_.accept(words)) base = type;
      }
    };
    zone();
    const std::string precision = sized("", "precision", 9, 0, 9);
    zone();
    return base + precision;
  }

  std::string element() {
    std::string text = TypeReader(p_, timestamp_).read().text;
    if (p_.accept("NOT NULL")) text += " NOT NULL";
    return text;
  }

  std::string element_in_parentheses() {
    p_.expect_symbol("(");
    std::string text = element();
    p_.expect_symbol(")");
    return text;
  }

  // Field names keep their declared case (frostlake, live-measured).
  std::string object() {
    p_.expect_symbol("(");
    std::string fields;
    do {
      if (!p_.peek().is_name()) p_.unexpected();
      const Token field = p_.next();
      const std::string name = field.kind == TokenKind::Word ? field.text : quoted_if_needed(field.text);
      fields += (fields.empty() ? "" : ", ") + name + " " + element();
    } while (p_.accept_symbol(","));
    p_.expect_symbol(")");
    return "OBJECT(" + fields + ")";
  }

  std::string map() {
    p_.expect_symbol("(");
    const std::string key = element();
    p_.expect_symbol(",");
    const std::string value = element();
    p_.expect_symbol(")");
    return fmt::format("MAP({}, {})", key, value);
  }

  std::string vector() {
    p_.expect_symbol("(");
    const std::string type = p_.name();
    const bool known = type == "INT" || type == "INTEGER" || type == "FLOAT" || type == "FLOAT4" || type == "FLOAT8";
    if (!known) refuse_text(fmt::format("SQL compilation error:\nUnsupported vector element type '{}'", type));
    p_.expect_symbol(",");
    const int64_t dimension = argument("vector dimension", 1, 4096);
    p_.expect_symbol(")");
    return fmt::format("VECTOR({}, {})", type.rfind("FLOAT", 0) == 0 ? "FLOAT" : "INT", dimension);
  }

  Parser& p_;
  const std::string& timestamp_;
};

}  // namespace

DataType read_type(Parser& parser, const std::string& timestamp) { return TypeReader(parser, timestamp).read(); }

TypeParts type_parts(const std::string& normal) {
  TypeParts parts;
  const size_t open = normal.find('(');
  parts.base = normal.substr(0, open);
  if (open == std::string::npos) return parts;
  for (const std::string& text : split(std::string_view(normal).substr(open + 1, normal.size() - open - 2), ',')) {
    if (text.empty() || text.find_first_not_of("0123456789") != std::string::npos) return parts;
    parts.numbers.push_back(std::stoll(text));
  }
  return parts;
}

std::string type_family(const std::string& normal) {
  const std::string base = type_parts(normal).base;
  return base == "FLOAT" || base == "DECFLOAT" ? "NUMBER" : base;
}

TypeChange type_change(const std::string& from, const std::string& to, std::string& reason) {
  reason.clear();
  if (from == to) return TypeChange::None;
  const TypeParts a = type_parts(from), b = type_parts(to);
  if (a.base == "VARCHAR" && b.base == "VARCHAR") {
    if (b.numbers[0] > a.numbers[0]) return TypeChange::Widen;
    reason = " because reducing the byte-length of a varchar is not supported.";
  } else if (a.base == "NUMBER" && b.base == "NUMBER") {
    if (a.numbers[1] == b.numbers[1]) return b.numbers[0] > a.numbers[0] ? TypeChange::Widen : TypeChange::ShrinkNumber;
    reason = " because changing the scale of a number is not supported.";
  }
  return TypeChange::Refused;
}

namespace {

std::string json_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

// The parts of a structured type's parentheses, at top-level commas.
std::vector<std::string> inner_parts(const std::string& normal) {
  std::vector<std::string> parts;
  const size_t open = normal.find('(');
  size_t from = open + 1;
  int depth = 0;
  for (size_t i = from; i < normal.size(); ++i) {
    if (normal[i] == '(') ++depth;
    const bool last = i + 1 == normal.size();
    if ((normal[i] == ',' && depth == 0) || last) {
      parts.emplace_back(trim(std::string_view(normal).substr(from, i - from)));
      from = i + 1;
    }
    if (normal[i] == ')') --depth;
  }
  return parts;
}

std::string type_json(const std::string& normal, bool nullable, const TableColumn& column);

// An inner type with its own NOT NULL.
std::string inner_json(std::string text) {
  const bool nullable = !text.ends_with(" NOT NULL");
  if (!nullable) text.resize(text.size() - 9);
  return type_json(text, nullable, TableColumn{});
}

std::string field_json(const std::string& field) {
  // The name ends at the first blank outside quotes.
  size_t end = 0;
  bool quoted = false;
  while (end < field.size() && (quoted || field[end] != ' ')) quoted ^= field[end++] == '"';
  std::string name = field.substr(0, end);
  if (!name.empty() && name[0] == '"') name = replace_all(name.substr(1, name.size() - 2), "\"\"", "\"");
  return fmt::format(R"({{"fieldName":{},"fieldType":{}}})", json_text(name), inner_json(field.substr(end + 1)));
}

// ARRAY, OBJECT and MAP tell their inner types behind `nullable` (frostlake, live-measured).
std::string structured_json(const TypeParts& type, const std::string& normal, std::string_view nullable) {
  const std::vector<std::string> parts = inner_parts(normal);
  if (type.base == "ARRAY") {
    return fmt::format(R"({{"type":"ARRAY","nullable":{},"elementType":{}}})", nullable, inner_json(parts[0]));
  }
  if (type.base == "MAP") {
    return fmt::format(R"({{"type":"MAP","nullable":{},"keyType":{},"valueType":{}}})", nullable, inner_json(parts[0]),
                       inner_json(parts[1]));
  }
  std::string fields;
  for (const std::string& part : parts) fields += (fields.empty() ? "" : ",") + field_json(part);
  return fmt::format(R"({{"type":"OBJECT","nullable":{},"fields":[{}]}})", nullable, fields);
}

std::string text_json(int64_t length, std::string_view nullable, const std::string& collation) {
  // A string wider than 16777216 is capped in this cell while its type is wider (frostlake).
  length = std::min(length, kTextLength);
  std::string json = fmt::format(R"({{"type":"TEXT","length":{},"byteLength":{},"nullable":{},"fixed":false)", length,
                                 length == kTextLength ? kTextLength : 4 * length, nullable);
  if (!collation.empty()) json += fmt::format(R"(,"collation":"{}")", collation);
  return json + "}";
}

std::string type_json(const std::string& normal, bool is_nullable, const TableColumn& column) {
  const TypeParts type = type_parts(normal);
  const std::string_view nullable = is_nullable ? "true" : "false";
  if (type.base == "NUMBER") {
    return fmt::format(R"({{"type":"FIXED","precision":{},"scale":{},"nullable":{}}})", type.numbers[0],
                       type.numbers[1], nullable);
  }
  if (type.base == "VARCHAR") return text_json(type.numbers[0], nullable, column.collation);
  if (type.base == "FLOAT") return fmt::format(R"({{"type":"REAL","nullable":{}}})", nullable);
  if (type.base == "BINARY") {
    return fmt::format(R"({{"type":"BINARY","length":{0},"byteLength":{0},"nullable":{1},"fixed":{2}}})",
                       type.numbers[0], nullable, column.alias == "VARBINARY" ? "false" : "true");
  }
  if (type.base == "TIME" || type.base.rfind("TIMESTAMP_", 0) == 0) {
    return fmt::format(R"({{"type":"{}","precision":0,"scale":{},"nullable":{}}})", type.base, type.numbers[0],
                       nullable);
  }
  if (type.base == "GEOGRAPHY" || type.base == "GEOMETRY" || type.base == "FILE") {
    return fmt::format(R"({{"type":"{}","outputType":"OBJECT","nullable":{}}})", type.base, nullable);
  }
  if (type.base == "VECTOR") {
    const std::vector<std::string> parts = inner_parts(normal);
    return fmt::format(R"({{"type":"VECTOR","nullable":{},"vectorElementType":"{}","dimension":{}}})", nullable,
                       parts[0], parts[1]);
  }
  if (normal.find('(') != std::string::npos && type.base != "DECFLOAT") return structured_json(type, normal, nullable);
  return fmt::format(R"({{"type":"{}","nullable":{}}})", type.base, nullable);
}

}  // namespace

std::string column_json(const TableColumn& c) { return type_json(c.type, c.nullable, c); }

std::string described_type(const TableColumn& c) {
  if (c.collation.empty()) return c.type;
  return fmt::format("{} COLLATE '{}'", c.type, c.collation);
}

namespace {

std::string sql_literal(const std::string& value) {
  return "'" + replace_all(replace_all(value, "\\", "\\\\"), "'", "''") + "'";
}

std::string number_type(const std::string& digits) {
  const size_t dot = digits.find('.');
  const auto scale = static_cast<int64_t>(dot == std::string::npos ? 0 : digits.size() - dot - 1);
  const auto size = static_cast<int64_t>(digits.size()) - (dot == std::string::npos ? 0 : 1);
  return fmt::format("NUMBER({},{})", std::max<int64_t>(size, 1), scale);
}

// Functions that need no parentheses print with them.
const std::set<std::string, std::less<>> kContextFunctions = {
    "CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP", "CURRENT_USER", "CURRENT_ROLE", "LOCALTIME", "LOCALTIMESTAMP"};

bool is_operator(const Token& token) {
  static const std::set<std::string, std::less<>> kOperators = {"+", "-", "*",  "/",  "%",  "||", "=",
                                                                "<", ">", "<=", ">=", "<>", "!="};
  return token.kind == TokenKind::Symbol && kOperators.count(token.text) > 0;
}

// Upper-cased words, one blank around operators, one behind commas.
std::string reprint(const Parser& p) {
  std::string text;
  const std::vector<Token>& tokens = p.tokens();
  bool in_path = false;  // v:a.b: keys of semi-structured values keep their case
  for (size_t i = 0; tokens[i].kind != TokenKind::End; ++i) {
    const Token& token = tokens[i];
    in_path = token.symbol(":") || (in_path && (token.is_name() || token.symbol(".")));
    if (in_path && token.is_name()) {
      text += token.kind == TokenKind::Word ? token.text : '"' + replace_all(token.text, "\"", "\"\"") + '"';
    } else if (token.kind == TokenKind::String) {
      text += sql_literal(token.text);
    } else if (token.kind == TokenKind::QuotedWord) {
      text += quoted_if_needed(token.text);
    } else if (token.kind == TokenKind::Word) {
      const std::string word = token.folded();
      const bool after_word =
          i > 0 && (tokens[i - 1].is_name() || tokens[i - 1].kind == TokenKind::String || tokens[i - 1].symbol(")"));
      text += (after_word ? " " : "") + word;
      if (kContextFunctions.count(word) > 0 && !tokens[i + 1].symbol("(")) text += "()";
      if (!tokens[i + 1].symbol("(") &&
          (tokens[i + 1].kind == TokenKind::String || tokens[i + 1].kind == TokenKind::Number))
        text += " ";
    } else if (is_operator(token)) {
      const bool binary =
          i > 0 && !is_operator(tokens[i - 1]) && !tokens[i - 1].symbol("(") && !tokens[i - 1].symbol(",");
      text += binary ? " " + token.text + " " : token.text;
    } else {
      text += token.symbol(",") ? ", " : token.text;
    }
  }
  return text;
}

bool is_literal(const std::vector<Token>& t, DefaultText& out) {
  const size_t sign = t[0].symbol("-") || t[0].symbol("+") ? 1 : 0;
  if (t.size() != sign + 2) return false;
  const Token& token = t[sign];
  if (token.kind == TokenKind::Number) {
    out.echo = (t[0].symbol("-") ? "-" : "") + token.text;
    out.literal_type = number_type(token.text);
  } else if (sign == 0 && token.kind == TokenKind::String) {
    out.echo = sql_literal(token.text);
    out.literal_type = fmt::format("VARCHAR({})", display_width(token.text));
  } else if (sign == 0 && (token.is("TRUE") || token.is("FALSE"))) {
    out.echo = token.folded();
    out.literal_type = "BOOLEAN";
  } else if (sign != 0 || !token.is("NULL")) {
    return false;
  }
  return out.literal = true;
}

}  // namespace

DefaultText read_default(const std::string& source) {
  DefaultText out;
  auto tokens = lex(source);
  if (!tokens) refuse_compilation("002263", "22000", fmt::format("Invalid column default expression [{}]", source));
  if (is_literal(*tokens, out)) return out;
  Parser p(source, *tokens);
  for (const Token& token : p.tokens()) {
    if (token.is("SELECT"))
      refuse_compilation("002263", "22000", fmt::format("Invalid column default expression [{}]", source));
  }
  const std::vector<Token>& t = p.tokens();
  const size_t last = t.size() - 2;
  if (t.size() >= 4 && t[last].is("NEXTVAL") && t[last - 1].symbol(".")) {
    const auto name = parse_name(std::string_view(source).substr(0, t[last - 1].begin));
    if (name) return out.sequence = *name, out;
  }
  // `expr::type` prints as a cast.
  if (t.size() >= 4 && t[1].symbol("::") && t[0].kind == TokenKind::String) {
    p.next(), p.next();
    out.echo = fmt::format("CAST({} AS {})", sql_literal(t[0].text), read_type(p, "TIMESTAMP_NTZ").text);
    p.expect_end();
    return out;
  }
  out.echo = reprint(p);
  return out;
}

std::string reprinted(const std::string& source) {
  auto tokens = lex(source);
  if (!tokens) refuse_compilation("001003", "42000", tokens.error().message);
  return reprint(Parser(source, *tokens));
}

std::string identity_text(const TableColumn& c) {
  return fmt::format("IDENTITY START {} INCREMENT {} {}", c.start, c.step, c.ordered ? "ORDER" : "NOORDER");
}

}  // namespace mesh::sandbox
