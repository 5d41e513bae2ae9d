#include "mesh/model/data_type.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "mesh/base/text.hpp"

namespace mesh {
namespace {

constexpr int64_t kVarcharDefault = 16777216, kVarcharMax = 134217728;  // BCR-2118: the default may become the maximum
constexpr int64_t kBinaryDefault = 8388608, kBinaryMax = 67108864;
constexpr int64_t kMaxPrecision = 38, kMaxScale = 37, kMaxFraction = 9, kMaxDimension = 4096;

// How a name's arguments are read.
enum class Shape : uint8_t {
  Bare,      // none allowed
  Integer,   // NUMBER(38,0), none allowed
  Number,    // (precision[, scale])
  Length,    // (length), un-sized: the family's default
  Char,      // (length), un-sized: 1
  Fraction,  // (fractional digits), default 9
  DecFloat,  // only 38
  Vector,    // (element type, dimension)
  Array,     // none, or (type)
  Map,       // (key type, value type)
  Object,    // none, or (name type, ...)
};

struct NameRow {
  std::string_view name;  // words parted by one blank
  std::string_view family;
  Shape shape;
};

// Every spelling: table entry "normalization" of schema-objects.json, data-types-*.
constexpr auto kNames = std::to_array<NameRow>({
    {"NUMBER", "NUMBER", Shape::Number},
    {"DECIMAL", "NUMBER", Shape::Number},
    {"DEC", "NUMBER", Shape::Number},
    {"NUMERIC", "NUMBER", Shape::Number},
    {"INT", "NUMBER", Shape::Integer},
    {"INTEGER", "NUMBER", Shape::Integer},
    {"BIGINT", "NUMBER", Shape::Integer},
    {"SMALLINT", "NUMBER", Shape::Integer},
    {"TINYINT", "NUMBER", Shape::Integer},
    {"BYTEINT", "NUMBER", Shape::Integer},
    {"FLOAT", "FLOAT", Shape::Bare},
    {"FLOAT4", "FLOAT", Shape::Bare},
    {"FLOAT8", "FLOAT", Shape::Bare},
    {"DOUBLE", "FLOAT", Shape::Bare},
    {"DOUBLE PRECISION", "FLOAT", Shape::Bare},
    {"REAL", "FLOAT", Shape::Bare},
    {"DECFLOAT", "DECFLOAT", Shape::DecFloat},
    {"VARCHAR", "VARCHAR", Shape::Length},
    {"STRING", "VARCHAR", Shape::Length},
    {"TEXT", "VARCHAR", Shape::Length},
    {"VARCHAR2", "VARCHAR", Shape::Length},
    {"NVARCHAR", "VARCHAR", Shape::Length},
    {"NVARCHAR2", "VARCHAR", Shape::Length},
    {"CHAR VARYING", "VARCHAR", Shape::Length},
    {"NCHAR VARYING", "VARCHAR", Shape::Length},
    {"CHAR", "VARCHAR", Shape::Char},
    {"CHARACTER", "VARCHAR", Shape::Char},
    {"NCHAR", "VARCHAR", Shape::Char},
    {"BINARY", "BINARY", Shape::Length},
    {"VARBINARY", "BINARY", Shape::Length},
    {"BOOLEAN", "BOOLEAN", Shape::Bare},
    {"DATE", "DATE", Shape::Bare},
    {"TIME", "TIME", Shape::Fraction},
    // What TIMESTAMP_TYPE_MAPPING says; its default is taken, and the normal form is what mesh writes.
    {"TIMESTAMP", "TIMESTAMP_NTZ", Shape::Fraction},
    {"DATETIME", "TIMESTAMP_NTZ", Shape::Fraction},
    {"TIMESTAMP_NTZ", "TIMESTAMP_NTZ", Shape::Fraction},
    {"TIMESTAMPNTZ", "TIMESTAMP_NTZ", Shape::Fraction},
    {"TIMESTAMP WITHOUT TIME ZONE", "TIMESTAMP_NTZ", Shape::Fraction},
    {"TIMESTAMP_LTZ", "TIMESTAMP_LTZ", Shape::Fraction},
    {"TIMESTAMPLTZ", "TIMESTAMP_LTZ", Shape::Fraction},
    {"TIMESTAMP WITH LOCAL TIME ZONE", "TIMESTAMP_LTZ", Shape::Fraction},
    {"TIMESTAMP_TZ", "TIMESTAMP_TZ", Shape::Fraction},
    {"TIMESTAMPTZ", "TIMESTAMP_TZ", Shape::Fraction},
    {"TIMESTAMP WITH TIME ZONE", "TIMESTAMP_TZ", Shape::Fraction},
    {"VARIANT", "VARIANT", Shape::Bare},
    {"GEOGRAPHY", "GEOGRAPHY", Shape::Bare},
    {"GEOMETRY", "GEOMETRY", Shape::Bare},
    {"FILE", "FILE", Shape::Bare},
    {"UUID", "UUID", Shape::Bare},
    {"OBJECT", "OBJECT", Shape::Object},
    {"ARRAY", "ARRAY", Shape::Array},
    {"MAP", "MAP", Shape::Map},
    {"VECTOR", "VECTOR", Shape::Vector},
});

struct Element {
  std::string_view written, normal;
};
// DOUBLE, REAL, NUMBER, BIGINT: "Unsupported vector element type".
constexpr auto kVectorElements = std::to_array<Element>(
    {{"INT", "INT"}, {"INTEGER", "INT"}, {"FLOAT", "FLOAT"}, {"FLOAT4", "FLOAT"}, {"FLOAT8", "FLOAT"}});

struct Parsed {
  std::string text;
  std::string family;
  std::vector<int64_t> arguments;
  bool default_sized = false;
};

bool is_word_char(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '$';
}

constexpr int kMaxNesting = 100;

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<Parsed> whole() {
    skip_blanks();
    if (at_end()) return fail("a type is missing");
    auto type = parse_type();
    if (!type) return type;
    if (at_end()) return type;
    if (iequals(peek_word(), "COLLATE")) {
      return fail("a collation does not belong to the type: write it as the column's 'collate'");
    }
    return fail("'" + std::string(text_.substr(at_)) + "' after the type " + type->text + " is not part of a type" +
                (iequals(peek_word(), "NOT") ? " (write nullable: false)" : ""));
  }

 private:
  bool at_end() const { return at_ >= text_.size(); }
  void skip_blanks() {
    while (!at_end() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) ++at_;
  }
  bool take(char c) {
    if (at_end() || text_[at_] != c) return false;
    ++at_;
    skip_blanks();
    return true;
  }
  std::string_view peek_word() const {
    size_t end = at_;
    while (end < text_.size() && is_word_char(text_[end])) ++end;
    return text_.substr(at_, end - at_);
  }
  std::string take_word() {
    const auto word = peek_word();
    at_ += word.size();
    skip_blanks();
    return to_upper(word);
  }
  bool take_word_if(std::string_view upper) {
    if (!iequals(peek_word(), upper)) return false;
    take_word();
    return true;
  }

  // The longest name of the table that stands here.
  const NameRow* take_name(std::string& written) {
    const NameRow* best = nullptr;
    size_t best_end = 0;
    const auto begin = at_;
    written = take_word();
    std::string words = written;
    for (auto end = at_;;) {
      const auto* row =
          std::find_if(kNames.begin(), kNames.end(), [&](const NameRow& candidate) { return candidate.name == words; });
      if (row != kNames.end()) best = row, best_end = end;
      const auto more = take_word();
      if (more.empty()) break;
      words += " " + more;
      end = at_;
    }
    at_ = best != nullptr ? best_end : begin;
    return best;
  }

  Result<Parsed> parse_type() {
    if (iequals(peek_word(), "INTERVAL")) return interval();
    std::string written;
    const auto* row = take_name(written);
    if (row == nullptr) return unknown(written);
    Parsed type;
    type.family = row->family;
    const auto status = read_arguments(*row, type);
    if (!status) return status.failure();
    return type;
  }

  Failure<Error> unknown(const std::string& written) const {
    if (written.empty()) return fail("a type is expected at '" + std::string(text_.substr(at_)) + "'");
    std::vector<std::string> names;
    names.reserve(kNames.size());
    for (const auto& row : kNames) names.emplace_back(row.name);
    const auto near = written == "BOOL" ? "BOOLEAN" : nearest(written, names);
    return fail("unknown type '" + written + "'" + (near.empty() ? "" : ": did you mean " + near + "?"));
  }

  Status read_arguments(const NameRow& row, Parsed& type) {
    switch (row.shape) {
      case Shape::Bare:
      case Shape::Integer:
        return no_arguments(row, type);
      case Shape::Number:
        return number(row, type);
      case Shape::Length:
        return length(row, type, row.family == "BINARY" ? kBinaryDefault : kVarcharDefault, true);
      case Shape::Char:
        return length(row, type, 1, false);
      case Shape::Fraction:
        return fraction(row, type);
      case Shape::DecFloat:
        return decfloat(row, type);
      case Shape::Vector:
        return vector(type);
      case Shape::Array:
        return array(type);
      case Shape::Map:
        return map(type);
      case Shape::Object:
        return object(type);
    }
    broken_promise("shape of a type", __FILE__, __LINE__);
  }

  Status no_arguments(const NameRow& row, Parsed& type) {
    if (!at_end() && text_[at_] == '(') return fail(std::string(row.name) + " takes no arguments");
    if (row.shape == Shape::Integer) type.arguments = {kMaxPrecision, 0};
    print_numbers(type);
    return Done{};
  }

  // "(a, b)": the numbers in brackets; none where there is no bracket.
  Result<std::vector<int64_t>> numbers(const NameRow& row, size_t at_most) {
    std::vector<int64_t> out;
    if (!take('(')) return out;
    do {
      const auto word = take_word();
      int64_t number = 0;
      const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
      if (word.empty() || error != std::errc() || end != word.data() + word.size()) {
        return fail(std::string(row.name) + " takes whole numbers in its brackets");
      }
      out.push_back(number);
    } while (take(','));
    if (!take(')')) return fail("a closing bracket is missing after " + std::string(row.name));
    if (out.size() > at_most) {
      return fail(std::string(row.name) + " takes at most " + std::to_string(at_most) +
                  (at_most == 1 ? " argument" : " arguments"));
    }
    return out;
  }

  static Status in_range(const NameRow& row, const char* what, int64_t value, int64_t low, int64_t high) {
    if (value >= low && value <= high) return Done{};
    return fail("the " + std::string(what) + " of " + std::string(row.name) + " goes from " + std::to_string(low) +
                " to " + std::to_string(high) + ", not " + std::to_string(value));
  }

  Status number(const NameRow& row, Parsed& type) {
    auto given = numbers(row, 2);
    if (!given) return given.failure();
    const auto precision = given->empty() ? kMaxPrecision : (*given)[0];
    const auto scale = given->size() < 2 ? 0 : (*given)[1];
    if (auto ok = in_range(row, "precision", precision, 1, kMaxPrecision); !ok) return ok;
    if (auto ok = in_range(row, "scale", scale, 0, std::min(kMaxScale, precision)); !ok) return ok;
    type.arguments = {precision, scale};
    print_numbers(type);
    return Done{};
  }

  Status length(const NameRow& row, Parsed& type, int64_t unsized, bool may_be_default) {
    auto given = numbers(row, 1);
    if (!given) return given.failure();
    type.default_sized = given->empty() && may_be_default;
    const auto length = given->empty() ? unsized : given->front();
    if (auto ok = in_range(row, "length", length, 1, row.family == "BINARY" ? kBinaryMax : kVarcharMax); !ok) return ok;
    type.arguments = {length};
    print_numbers(type);
    return Done{};
  }

  Status fraction(const NameRow& row, Parsed& type) {
    auto given = numbers(row, 1);
    if (!given) return given.failure();
    // Standard SQL writes TIMESTAMP(3) WITH TIME ZONE.
    if (row.name == "TIMESTAMP" && iequals(peek_word().substr(0, 4), "WITH")) {
      if (auto zone = time_zone(type); !zone) return zone;
    }
    type.arguments = {given->empty() ? kMaxFraction : given->front()};
    if (auto ok = in_range(row, "precision", type.arguments.front(), 0, kMaxFraction); !ok) return ok;
    print_numbers(type);
    return Done{};
  }

  Status time_zone(Parsed& type) {
    const bool with = take_word() == "WITH";
    const bool local = with && take_word_if("LOCAL");
    if (!take_word_if("TIME") || !take_word_if("ZONE")) return fail("TIMESTAMP WITH or WITHOUT goes on with TIME ZONE");
    type.family = local ? "TIMESTAMP_LTZ" : with ? "TIMESTAMP_TZ" : "TIMESTAMP_NTZ";
    return Done{};
  }

  Status decfloat(const NameRow& row, Parsed& type) {
    auto given = numbers(row, 1);
    if (!given) return given.failure();
    if (!given->empty() && given->front() != kMaxPrecision) return fail("DECFLOAT knows the precision 38 only");
    type.arguments = {kMaxPrecision};
    print_numbers(type);
    return Done{};
  }

  Status vector(Parsed& type) {
    const std::string shape = "VECTOR takes an element type and a dimension: VECTOR(FLOAT, 256)";
    if (!take('(')) return fail(shape);
    const auto word = take_word();
    const auto* element = std::find_if(kVectorElements.begin(), kVectorElements.end(),
                                       [&](const Element& candidate) { return candidate.written == word; });
    if (element == kVectorElements.end()) return fail("a VECTOR holds INT or FLOAT, not '" + word + "'");
    if (!take(',')) return fail(shape);
    const auto digits = take_word();
    int64_t dimension = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), dimension);
    if (dimension < 1 || dimension > kMaxDimension) return fail("the dimension of a VECTOR goes from 1 to 4096");
    if (!take(')')) return fail(shape);
    type.text = "VECTOR(" + std::string(element->normal) + ", " + std::to_string(dimension) + ")";
    return Done{};
  }

  // A type inside a structured one, with its NOT NULL.
  Result<std::string> inner() {
    if (++depth_ > kMaxNesting) return fail("the type is nested too deep");
    auto type = parse_type();
    --depth_;
    if (!type) return type.failure();
    std::string text = type->text;
    if (take_word_if("NOT")) {
      if (!take_word_if("NULL")) return fail("NOT goes on with NULL");
      text += " NOT NULL";
    }
    return text;
  }

  Status close(Parsed& type, const std::string& inside) {
    if (!take(')')) return fail("a closing bracket is missing in " + type.family + "(" + inside);
    type.text = type.family + "(" + inside + ")";
    return Done{};
  }

  Status array(Parsed& type) {
    type.text = type.family;
    if (!take('(')) return Done{};
    auto element = inner();
    if (!element) return element.failure();
    return close(type, *element);
  }

  Status map(Parsed& type) {
    if (!take('(')) return fail("MAP takes a key type and a value type: MAP(VARCHAR, NUMBER)");
    auto key = inner();
    if (!key) return key.failure();
    if (!take(',')) return fail("MAP takes a key type and a value type: MAP(VARCHAR, NUMBER)");
    auto value = inner();
    if (!value) return value.failure();
    return close(type, *key + ", " + *value);
  }

  // A key keeps the case it was declared in, so quotes stay where they are needed only.
  std::string take_key() {
    if (at_end() || text_[at_] != '"') {
      auto key = std::string(peek_word());
      at_ += key.size();
      skip_blanks();
      return key;
    }
    size_t end = at_ + 1;
    while (end < text_.size() && text_[end] != '"') ++end;
    const auto inside = text_.substr(at_ + 1, end - at_ - 1);
    at_ = std::min(end + 1, text_.size());
    skip_blanks();
    const bool plain = !inside.empty() && std::all_of(inside.begin(), inside.end(), is_word_char);
    return plain ? std::string(inside) : "\"" + std::string(inside) + "\"";
  }

  Status object(Parsed& type) {
    type.text = type.family;
    if (!take('(')) return Done{};
    std::string inside;
    do {
      const auto key = take_key();
      if (key.empty()) return fail("OBJECT takes names with types: OBJECT(a VARCHAR, b NUMBER)");
      auto value = inner();
      if (!value) return value.failure();
      inside += (inside.empty() ? "" : ", ") + key + " " + *value;
    } while (take(','));
    return close(type, inside);
  }

  // INTERVAL YEAR TO MONTH, INTERVAL DAY(3) TO SECOND(6): the spelling DESCRIBE prints is not documented, so the words
  // are kept as they are, upper-cased.
  Result<Parsed> interval() {
    Parsed type;
    type.family = "INTERVAL";
    while (!at_end() && text_[at_] != ',' && text_[at_] != ')') {
      if (take('(')) {
        const auto digits = take_word();
        if (!take(')')) return fail("a closing bracket is missing in " + type.text);
        type.text += "(" + digits + ")";
        continue;
      }
      const auto word = take_word();
      if (word.empty()) return fail("'" + std::string(text_.substr(at_)) + "' is not part of an INTERVAL type");
      type.text += (type.text.empty() ? "" : " ") + word;
    }
    if (type.text == "INTERVAL") return fail("an INTERVAL names its fields: INTERVAL DAY TO SECOND");
    return type;
  }

  static void print_numbers(Parsed& type) {
    type.text = type.family;
    if (type.arguments.empty()) return;
    std::vector<std::string> digits;
    for (const auto number : type.arguments) digits.push_back(std::to_string(number));
    type.text += "(" + join(digits, ",") + ")";
  }

  std::string_view text_;
  size_t at_ = 0;
  int depth_ = 0;
};

bool is_default_length(const DataType& type) {
  const auto& arguments = type.arguments();
  if (arguments.empty()) return false;
  const auto length = arguments.front();
  if (type.family() == "VARCHAR") return length == kVarcharDefault || length == kVarcharMax;
  return type.family() == "BINARY" && (length == kBinaryDefault || length == kBinaryMax);
}

std::string refusal(const DataType& from, const DataType& to, const char* reason) {
  return "cannot change from type " + from.to_string() + " to " + to.to_string() + reason;
}

TypeChangeAnswer number_change(const DataType& from, const DataType& to) {
  if (from.arguments()[1] != to.arguments()[1]) {
    return {TypeChange::Refused, refusal(from, to, " because changing the scale of a number is not supported.")};
  }
  if (to.arguments()[0] > from.arguments()[0]) return {TypeChange::InPlace, {}};
  return {TypeChange::InPlaceMayFail,
          "every stored value must fit into " + to.to_string() + "; Time Travel data may become unrestorable"};
}

}  // namespace

Result<DataType> DataType::parse(std::string_view written) {
  auto parsed = Parser(written).whole();
  if (!parsed) return parsed.failure();
  DataType type;
  type.text_ = std::move(parsed->text);
  type.family_ = std::move(parsed->family);
  type.arguments_ = std::move(parsed->arguments);
  type.default_sized_ = parsed->default_sized;
  return type;
}

bool operator==(const DataType& a, const DataType& b) {
  if (a.text_ == b.text_) return true;
  if (!a.default_sized_ && !b.default_sized_) return false;
  return a.family_ == b.family_ && is_default_length(a) && is_default_length(b);
}

// alter_column_matrix of the table entry: what is not listed there as allowed is refused.
TypeChangeAnswer type_change(const DataType& from, const DataType& to) {
  if (from == to) return {};
  if (from.family() != to.family()) return {TypeChange::Refused, refusal(from, to, "")};
  if (from.family() == "NUMBER") return number_change(from, to);
  if (from.family() == "VARCHAR") {
    if (to.arguments()[0] > from.arguments()[0]) return {TypeChange::InPlace, {}};
    return {TypeChange::Refused, refusal(from, to, " because reducing the byte-length of a varchar is not supported.")};
  }
  return {TypeChange::Refused, refusal(from, to, "")};
}

}  // namespace mesh
