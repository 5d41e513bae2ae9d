#include "mesh/kinds/signature.hpp"

#include <algorithm>

#include "mesh/base/text.hpp"
#include "mesh/model/signature.hpp"

namespace mesh::kinds {
namespace {

constexpr std::string_view kExample =
    "write NAME(ARGUMENT TYPE, OTHER TYPE DEFAULT value), or NAME() where it has none";

// A name at the head of `text`: as far as it goes.
size_t name_length(std::string_view text) {
  if (text.empty() || text.front() != '"') return std::min(text.find_first_of(" \t\n"), text.size());
  for (size_t i = 1; i < text.size(); ++i) {
    if (text[i] != '"') continue;
    if (i + 1 >= text.size() || text[i + 1] != '"') return i + 1;
    ++i;
  }
  return text.size();
}

// Where the word DEFAULT stands outside of brackets, quotes and strings; npos: nowhere.
size_t find_default(std::string_view text) {
  const auto tokens = sql::tokenize(text);
  if (!tokens) return std::string_view::npos;
  int depth = 0;
  for (const auto& token : *tokens) {
    const auto word = token.in(text);
    if (word == "(") ++depth;
    if (word == ")") --depth;
    if (depth == 0 && token.type == sql::TokenType::Word && iequals(word, "DEFAULT")) return token.begin;
  }
  return std::string_view::npos;
}

constexpr std::string_view kDefault = "DEFAULT";

class KeyParser {
 public:
  explicit KeyParser(std::string_view text) : text_(text) {}

  Result<Signature, SignatureError> run() {
    const auto bracket = find_bracket(text_);
    if (bracket == std::string_view::npos)
      return wrong(text_, "its arguments are missing: overloads are told apart by them", std::string(kExample));
    const auto head = trim(text_.substr(0, bracket));
    const auto name = Name::parse(head);
    if (!name) return wrong(head.empty() ? text_.substr(0, 1) : head, name.error().message, "");
    const auto end = bracket_end(text_.substr(bracket));
    if (end == std::string_view::npos) return wrong(text_.substr(bracket, 1), "this bracket is never closed", "");
    const auto rest = trim(text_.substr(bracket + end));
    if (!rest.empty())
      return wrong(rest, "nothing stands behind the arguments", "what it gives back is written as returns: TYPE");
    Signature signature{*name, {}};
    for (const auto& part : list_parts(text_.substr(bracket + 1, end - 2))) {
      auto argument = read(part.text.empty() ? text_.substr(bracket, 1) : part.text, signature.arguments);
      if (!argument) return argument.failure();
      signature.arguments.push_back(std::move(*argument));
    }
    return signature;
  }

 private:
  Failure<SignatureError> wrong(std::string_view where, std::string message, std::string help) const {
    return {SignatureError{static_cast<size_t>(where.data() - text_.data()), std::max<size_t>(where.size(), 1),
                           std::move(message), std::move(help)}};
  }

  Result<Argument, SignatureError> read(std::string_view part, const std::vector<Argument>& before) const {
    if (part == "(") return wrong(part, "an argument is missing", std::string(kExample));
    const auto written = part.substr(0, name_length(part));
    const auto name = Name::parse(written);
    if (!name) return wrong(written, name.error().message, std::string(kExample));
    const bool known =
        std::any_of(before.begin(), before.end(), [&](const Argument& other) { return other.name == *name; });
    if (known) return wrong(written, "argument '" + name->display() + "' stands there twice", "");
    auto rest = trim(part.substr(written.size()));
    if (rest.empty()) return wrong(written, "argument '" + name->display() + "' has no type", std::string(kExample));
    // Of Snowflake Scripting; where SHOW has the words is not confirmed (procedure entry).
    const auto mode = rest.substr(0, name_length(rest));
    if (iequals(mode, "OUT") || iequals(mode, "OUTPUT") || iequals(mode, "INOUT"))
      return wrong(mode, "output arguments are not supported by this version of mesh", "return a value instead");
    if (iequals(mode, "IN") || iequals(mode, "INPUT")) rest = trim(rest.substr(mode.size()));
    return typed(*name, rest, before);
  }

  Result<Argument, SignatureError> typed(const Name& name, std::string_view rest,
                                         const std::vector<Argument>& before) const {
    const auto at = find_default(rest);
    const auto written = trim(rest.substr(0, at));
    auto type = routine_type(written);
    if (!type) return wrong(written.empty() ? rest : written, type.error().message, "");
    Argument argument{name, std::move(*type), {}};
    if (at == std::string_view::npos) {
      if (!before.empty() && !before.back().default_sql.empty())
        return wrong(rest, "an argument without default stands behind one that has one", "optional arguments go last");
      return argument;
    }
    const auto expression = trim(rest.substr(at + kDefault.size()));
    const auto problems = sql::check_fragment(expression, sql::FragmentKind::Expression);
    if (!problems.empty()) {
      const auto& first = problems.front();
      const bool inside = first.offset < expression.size();
      return wrong(inside ? expression.substr(first.offset, first.length) : rest.substr(at), first.message, first.help);
    }
    argument.default_sql = std::string(expression);
    return argument;
  }

  std::string_view text_;
};

// "A NUMBER", "a b NUMBER(38,0)", and, where an argument has no name, "NUMBER". Names stand as they are stored.
std::optional<Argument> shown_argument(std::string_view part) {
  for (size_t blank = part.find(' '); blank != std::string_view::npos; blank = part.find(' ', blank + 1)) {
    auto rest = part.substr(blank + 1);
    for (const std::string_view word : {"OUT ", "DEFAULT "}) {
      if (rest.size() > word.size() && iequals(rest.substr(0, word.size()), word)) rest.remove_prefix(word.size());
    }
    if (auto type = routine_type(rest)) return Argument{Name::exact(std::string(part.substr(0, blank))), *type, {}};
  }
  return std::nullopt;
}

std::optional<std::string> shown_type(std::string_view part) {
  for (const std::string_view word : {"DEFAULT ", "OUT "}) {
    if (part.size() > word.size() && iequals(part.substr(0, word.size()), word)) part.remove_prefix(word.size());
  }
  if (const auto columns = table_columns(part); !columns.empty()) {
    const auto types = argument_types(columns);
    return types ? std::optional("TABLE" + *types) : std::nullopt;
  }
  const auto type = DataType::parse(part);
  return type ? std::optional(signature_type(*type)) : std::nullopt;
}

}  // namespace

std::string counted_type(std::string_view type) {
  const auto columns = table_columns(type);
  return columns.empty() ? signature_type(DataType::parse(type).value())
                         : "TABLE" + types_of(read_arguments(columns.substr(1, columns.size() - 2)));
}

Result<std::string> routine_type(std::string_view written) {
  if (const auto columns = table_columns(written); !columns.empty()) {
    const auto parsed = parse_signature("T" + std::string(columns));
    if (!parsed) return fail(parsed.error().message);
    return "TABLE(" + arguments_text(parsed->arguments) + ")";
  }
  const auto type = DataType::parse(written);
  if (!type) return type.failure();
  return type->default_sized() ? type->family() : type->to_string();
}

void write_type(sql::Writer& w, std::string_view type) {
  if (const auto columns = table_columns(type); !columns.empty()) {
    w.kw("TABLE").open();
    const auto all = read_arguments(columns.substr(1, columns.size() - 2));
    for (const auto& column : all) {
      if (&column != &all.front()) w.comma();
      write_type(w.name(column.name), column.type);
    }
    w.close();
    return;
  }
  const auto parsed = DataType::parse(type).value();  // routine_type() has parsed it
  if (parsed.default_sized()) {
    w.kw(sql::Keyword::of_table(parsed.family()));
  } else {
    w.type(parsed);
  }
}

Result<Signature, SignatureError> parse_signature(std::string_view written) { return KeyParser(written).run(); }

std::string signature_key(const Object& routine) {
  const Value* arguments = routine.find("arguments");
  const bool none = arguments == nullptr || arguments->text() == nullptr;
  return routine.id.name.last().display() + "(" + (none ? std::string() : *arguments->text()) + ")";
}

std::string arguments_text(const std::vector<Argument>& arguments) {
  std::vector<std::string> all;
  for (const auto& each : arguments) {
    all.push_back(each.name.display() + " " + each.type +
                  (each.default_sql.empty() ? "" : " DEFAULT " + each.default_sql));
  }
  return join(all, ", ");
}

std::vector<Argument> read_arguments(std::string_view text) {
  std::vector<Argument> arguments;
  const bool is_shown = !text.empty() && text.front() == '(';
  if (is_shown) text = text.substr(1, text.size() - 2);
  for (const auto& [part, offset] : list_parts(text)) {
    if (is_shown) {
      if (auto argument = shown_argument(part)) arguments.push_back(std::move(*argument));
      continue;
    }
    const auto written = part.substr(0, name_length(part));
    const auto rest = trim(part.substr(written.size()));
    const auto at = find_default(rest);
    const auto name = Name::parse(written);
    if (!name) continue;
    arguments.push_back(
        {*name, std::string(trim(rest.substr(0, at))),
         at == std::string_view::npos ? std::string() : std::string(trim(rest.substr(at + kDefault.size())))});
  }
  return arguments;
}

std::string types_of(const std::vector<Argument>& arguments) {
  std::vector<std::string> types;
  for (const auto& each : arguments) types.push_back(counted_type(each.type));
  return in_brackets(types);
}

size_t optional_of(const std::vector<Argument>& arguments) {
  return static_cast<size_t>(std::count_if(arguments.begin(), arguments.end(),
                                           [](const Argument& each) { return !each.default_sql.empty(); }));
}

bool has_output_arguments(std::string_view cell) {
  const auto at = find_bracket(cell);
  const auto end = at == std::string_view::npos ? at : bracket_end(cell.substr(at));
  if (end == std::string_view::npos) return false;
  const auto parts = list_parts(cell.substr(at + 1, end - 2));
  return std::any_of(parts.begin(), parts.end(), [](const ListPart& part) {
    const auto words = split(part.text, ' ');
    return std::any_of(words.begin(), words.end(), [](const std::string& word) { return iequals(word, "OUT"); });
  });
}

std::optional<std::vector<Argument>> arguments_of_ddl(std::string_view ddl) {
  const auto at = find_bracket(ddl);
  const auto end = at == std::string_view::npos ? at : bracket_end(ddl.substr(at));
  if (end == std::string_view::npos) return std::nullopt;
  auto signature = parse_signature("F" + std::string(ddl.substr(at, end)));
  if (!signature) return std::nullopt;
  return std::move(signature->arguments);
}

std::string shown_types(std::string_view name, std::string_view cell) {
  const bool begins = cell.size() > name.size() && cell.substr(0, name.size()) == name && cell[name.size()] == '(';
  const auto at = begins ? name.size() : cell.find('(');
  const auto end = at == std::string_view::npos ? at : bracket_end(cell.substr(at));
  if (end == std::string_view::npos) return "()";
  std::vector<std::string> types;
  for (const auto& part : list_parts(cell.substr(at + 1, end - 2)))
    types.push_back(shown_type(part.text).value_or(std::string(part.text)));
  return in_brackets(types);
}

std::optional<ObjectId> granted_routine(KindId kind, std::string_view printed) {
  auto name = QualifiedName::parse_output(printed);
  std::string last;
  if (name && name->depth() == 3) {
    last = name->last().stored();
  } else {  // dots in a signature that stands in no quotes
    const auto bracket = find_bracket(printed);
    if (bracket == std::string_view::npos) return std::nullopt;
    name = QualifiedName::parse_output(printed.substr(0, bracket));
    if (!name || name->depth() != 3) return std::nullopt;
    last = name->last().stored() + std::string(printed.substr(bracket));
  }
  const auto bracket = last.find('(');
  const auto end = bracket == std::string::npos ? bracket : bracket_end(std::string_view(last).substr(bracket));
  if (end == std::string::npos) return std::nullopt;
  std::vector<std::string> types;
  for (const auto& [part, offset] : list_parts(std::string_view(last).substr(bracket + 1, end - 2))) {
    auto type = shown_type(part);
    if (!type) {
      const auto argument = shown_argument(part);
      if (!argument) return std::nullopt;
      type = counted_type(argument->type);
    }
    types.push_back(std::move(*type));
  }
  // Whether SHOW GRANTS calls a data metric function one, or a function, is not told: TABLE arguments tell.
  const bool measures =
      std::any_of(types.begin(), types.end(), [](const auto& type) { return !table_columns(type).empty(); });
  return ObjectId{measures ? KindId::DataMetricFunction : kind,
                  name->parent().child(Name::exact(last.substr(0, bracket))), in_brackets(types)};
}

}  // namespace mesh::kinds
