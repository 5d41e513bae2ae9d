// CREATE and ALTER of functions and procedures (docs: create-function, alter-function, create-procedure,
// alter-procedure). A body is kept as text and never run.

#include <algorithm>

#include <fmt/format.h>

#include "kept_list.hpp"
#include "mesh/base/text.hpp"
#include "routine.hpp"
#include "sql_error.hpp"

namespace mesh::sandbox {
namespace {

constexpr std::string_view kLanguages = "SQL,JAVASCRIPT,PYTHON,JAVA,SCALA";

bool lists(std::string_view list, std::string_view word) {
  const auto words = split(list, ',');
  return std::find(words.begin(), words.end(), word) != words.end();
}

struct RoutineText {
  std::vector<TableColumn> arguments;
  Properties props;
  bool copy_grants = false, has_body = false;
};

// --- Arguments and results -------------------------------------------------------------------------------------------

// IN, INPUT, OUT, OUTPUT of Snowflake Scripting; a type may bear none of these names.
std::string read_mode(Parser& p) {
  if (p.accept("IN") || p.accept("INPUT")) return "";
  return p.accept("OUT") || p.accept("OUTPUT") ? "OUT" : "";
}

void read_arguments(Running& run, Kind kind, RoutineText& text) {
  Parser& p = run.parser;
  p.expect_symbol("(");
  while (!p.accept_symbol(")")) {
    if (!text.arguments.empty()) p.expect_symbol(",");
    TableColumn argument;
    argument.id = static_cast<int>(text.arguments.size()) + 1;
    argument.name = p.name();
    if (kind == Kind::Procedure) argument.alias = read_mode(p);
    argument.type = read_routine_type(run);
    if (p.accept("DEFAULT")) argument.default_sql = p.expression();
    const bool after_optional = !text.arguments.empty() && !text.arguments.back().default_sql.empty();
    // Documented (create-function), its text is not.
    if (after_optional && argument.default_sql.empty())
      refuse_text("SQL compilation error:\nOptional arguments must follow the required ones.");
    text.arguments.push_back(std::move(argument));
  }
}

// RETURNS keeps full types for DESCRIBE, RETURNS_SHORT what SHOW prints.
void read_returns(Running& run, Properties& props) {
  Parser& p = run.parser;
  if (p.accept("TABLE")) {
    std::vector<std::string> full, brief;
    p.expect_symbol("(");
    while (!p.accept_symbol(")")) {
      if (!full.empty()) p.expect_symbol(",");
      const std::string column = quoted_if_needed(p.name());
      const std::string type = read_routine_type(run);
      full.push_back(column + " " + type);
      brief.push_back(column + " " + short_type(type));
    }
    props["RETURNS"] = fmt::format("TABLE ({})", join(full, ", "));
    props["RETURNS_SHORT"] = fmt::format("TABLE ({})", join(brief, ", "));
  } else {
    const std::string type = read_routine_type(run);
    props["RETURNS"] = type;
    props["RETURNS_SHORT"] = short_type(type);
  }
  if (p.accept("NOT NULL")) {
    props["RETURNS_NOT_NULL"] = "true";
  } else {
    p.accept("NULL");
  }
}

// --- Properties ------------------------------------------------------------------------------------------------------

// @[db.][schema.]stage/path of IMPORTS, with the stage's full name; other places are kept as written.
std::string import_path(const Running& run, const std::string& text) {
  const size_t slash = text.find('/');
  if (text.empty() || text[0] != '@' || text[1] == '~' || text[1] == '%') return text;
  const auto parts = parse_name(std::string_view(text).substr(1, slash == std::string::npos ? slash : slash - 1));
  if (!parts) refuse_property_value(text, "IMPORTS");
  const Object& stage = need(run, Kind::Stage, *parts);
  need_privilege(run, stage, stage.prop("URL").empty() ? "READ" : "USAGE");
  return "@" + qualified_name(run.catalog, stage) + (slash == std::string::npos ? "" : text.substr(slash));
}

std::vector<std::string> read_texts(Parser& p, const std::string& key) {
  const Value value = p.value();
  if (value.form == Value::Form::Text) return {value.text};
  if (value.form != Value::Form::List) refuse_property_value(value.text, key);
  return value.items;
}

std::string read_imports(Running& run) {
  std::vector<std::string> paths;
  for (const auto& path : read_texts(run.parser, "IMPORTS")) paths.push_back(import_path(run, path));
  return kept_list(paths);
}

std::string read_access_integrations(Running& run) {
  std::vector<std::string> names;
  for (const auto& item : read_texts(run.parser, "EXTERNAL_ACCESS_INTEGRATIONS")) {
    const auto name = parse_name(item);
    if (!name) refuse_property_value(item, "EXTERNAL_ACCESS_INTEGRATIONS");
    const Object& integration = need(run, Kind::Integration, *name);
    need_privilege(run, integration, "USAGE");
    names.push_back(quoted_if_needed(integration.name));
  }
  return kept_list(names);
}

// ('variable' = secret, ...)
std::string read_secrets(Running& run) {
  Parser& p = run.parser;
  std::vector<std::string> pairs;
  p.expect_symbol("(");
  do {
    const std::string variable = p.string();
    p.expect_symbol("=");
    const Object& secret = need(run, Kind::Secret, p.qualified());
    need_privilege(run, secret, "READ");
    pairs.push_back(fmt::format("'{}'={}", variable, qualified_name(run.catalog, secret)));
  } while (p.accept_symbol(","));
  p.expect_symbol(")");
  return kept_list(pairs);
}

std::string read_text(Running& run) {
  const Value value = run.parser.value();
  if (value.form == Value::Form::List) run.parser.unexpected();
  return value.text;
}
std::string read_packages(Running& run) { return kept_list(read_texts(run.parser, "PACKAGES")); }
std::string read_comment(Running& run) { return run.parser.string(); }

struct RoutineProperty {
  std::string_view name;
  std::string_view languages;  // comma-separated
  std::string (*read)(Running&);
};
constexpr RoutineProperty kProperties[] = {
    {"COMMENT", kLanguages, read_comment},
    {"RUNTIME_VERSION", "PYTHON,JAVA,SCALA", read_text},
    {"HANDLER", "PYTHON,JAVA,SCALA", read_text},
    {"TARGET_PATH", "JAVA,SCALA", read_text},
    {"ARTIFACT_REPOSITORY", "PYTHON", read_text},
    {"PACKAGES", "PYTHON,JAVA,SCALA", read_packages},
    {"IMPORTS", "PYTHON,JAVA,SCALA", read_imports},
    {"EXTERNAL_ACCESS_INTEGRATIONS", "PYTHON,JAVA,SCALA", read_access_integrations},
    {"SECRETS", "PYTHON,JAVA,SCALA", read_secrets},
};

const RoutineProperty* find_property(std::string_view name) {
  for (const auto& property : kProperties) {
    if (property.name == name) return &property;
  }
  return nullptr;
}

// KEY = value at the cursor; false where none stands there.
bool read_property(Running& run, Kind kind, Properties& props) {
  Parser& p = run.parser;
  if (!p.peek().is_name() || !p.at_symbol("=", 1)) return false;
  const std::string key = p.next().folded();
  p.expect_symbol("=");
  const auto* property = find_property(key);
  if (property == nullptr) refuse_property(key, facts(kind).words);
  props[key] = property->read(run);
  p.accept_symbol(",");
  return true;
}

// --- Words -----------------------------------------------------------------------------------------------------------

struct RoutineWord {
  std::string_view words;
  std::string_view property, value;
  bool functions = true, procedures = true;
};
constexpr RoutineWord kWords[] = {
    {"CALLED ON NULL INPUT", "NULL_HANDLING", ""},
    {"RETURNS NULL ON NULL INPUT", "NULL_HANDLING", "RETURNS NULL ON NULL INPUT"},
    {"STRICT", "NULL_HANDLING", "RETURNS NULL ON NULL INPUT"},
    {"VOLATILE", "VOLATILITY", ""},
    {"IMMUTABLE", "VOLATILITY", "IMMUTABLE"},
    {"MEMOIZABLE", "MEMOIZABLE", "true", true, false},
    {"EXECUTE AS OWNER", "EXECUTE_AS", "", false, true},
    {"EXECUTE AS CALLER", "EXECUTE_AS", "CALLER", false, true},
    {"EXECUTE AS RESTRICTED CALLER", "EXECUTE_AS", "RESTRICTED CALLER", false, true},
};

bool read_word(Parser& p, Kind kind, Properties& props) {
  for (const auto& word : kWords) {
    const bool here = kind == Kind::Function ? word.functions : word.procedures;
    if (!here || !p.accept(word.words)) continue;
    props[std::string(word.property)] = word.value;
    return true;
  }
  return false;
}

// AS '..', AS $$..$$, and for a Snowflake Scripting procedure also the bare block.
void read_body(Parser& p, Kind kind, RoutineText& text) {
  text.has_body = true;
  if (p.peek().kind == TokenKind::String) {
    text.props["BODY"] = p.string();
    return p.expect_end();
  }
  const auto language = text.props.find("LANGUAGE");
  const bool scripting = language == text.props.end() || language->second == "SQL";
  if (kind != Kind::Procedure || !scripting || p.at_end()) p.unexpected();
  text.props["BODY"] = p.rest();
  while (!p.at_end()) p.next();
}

void read_language(Parser& p, Properties& props) {
  const std::string language = p.name();
  if (!lists(kLanguages, language)) refuse_property_value(language, "LANGUAGE");
  props["LANGUAGE"] = language;
}

RoutineText read_routine(Running& run, Kind kind) {
  Parser& p = run.parser;
  RoutineText text;
  read_arguments(run, kind, text);
  while (!p.at_end() && !p.at_symbol(";")) {
    if (p.at("TAG") || p.at("WITH TAG")) refuse_unsupported(fmt::format("CREATE {} WITH TAG", facts(kind).words));
    if (p.accept("COPY GRANTS")) {
      text.copy_grants = true;
    } else if (read_word(p, kind, text.props) || read_property(run, kind, text.props)) {
      continue;
    } else if (p.accept("RETURNS")) {
      read_returns(run, text.props);
    } else if (p.accept("LANGUAGE")) {
      read_language(p, text.props);
    } else if (p.accept("AS")) {
      read_body(p, kind, text);
      break;
    } else {
      p.unexpected();
    }
  }
  p.expect_end();
  return text;
}

// --- Checks ----------------------------------------------------------------------------------------------------------

// What a language demands (create-function, create-procedure); code and words are those of other statements.
void need_options(Kind kind, const std::string& language, const RoutineText& text) {
  std::vector<std::string> missing;
  const auto want = [&](std::string_view property, bool wanted) {
    if (wanted && text.props.count(property) == 0) missing.emplace_back(property);
  };
  const bool managed = language != "SQL" && language != "JAVASCRIPT", python = language == "PYTHON";
  want("RETURNS", true);
  want("HANDLER", managed);
  want("RUNTIME_VERSION", managed && (python || kind == Kind::Procedure));
  want("PACKAGES", managed && kind == Kind::Procedure);
  if (!text.has_body && !(managed && text.props.count("IMPORTS") > 0)) missing.emplace_back("AS");
  if (!missing.empty())
    refuse_compilation("002029", "42601", fmt::format("Missing option(s): {}", join(missing, ", ")));
}

void check_routine(const CreateHead& head, RoutineText& text) {
  const std::string& language = text.props.try_emplace("LANGUAGE", "SQL").first->second;
  for (const auto& [key, value] : text.props) {
    const auto* property = find_property(key);
    if (property != nullptr && !lists(property->languages, language)) refuse_property(key, facts(head.kind).words);
  }
  need_options(head.kind, language, text);
  if (text.props.count("MEMOIZABLE") > 0 && language != "SQL") refuse_property("MEMOIZABLE", "FUNCTION");
  if (head.aggregate && language != "PYTHON") refuse_unsupported("AGGREGATE FUNCTION in another language than PYTHON");
}

bool has_default(const std::vector<TableColumn>& arguments) {
  return std::any_of(arguments.begin(), arguments.end(), [](const auto& a) { return !a.default_sql.empty(); });
}

// A routine with optional arguments allows no other of its name (docs: create-function). The words are Snowflake's as
// field reports have them, the code as well.
void check_overloads(const Running& run, const Object& schema, Kind kind, const std::string& name,
                     const std::string& key, const std::vector<TableColumn>& arguments) {
  for (const auto& [other, id] : run.catalog.children(schema.id, kind)) {
    const Object& routine = run.catalog.at(id);
    if (other == key || plain_name(routine) != name) continue;
    if (!has_default(arguments) && !has_default(routine.columns)) continue;
    refuse_compilation("000949", "42723",
                       fmt::format("Cannot overload {0} '{1}' as it would cause ambiguous {0} overloading.",
                                   facts(kind).words, quoted_if_needed(name)));
  }
}

// --- CREATE ----------------------------------------------------------------------------------------------------------

// What CREATE OR ALTER may not change (create-function, usage notes).
constexpr std::string_view kFixed[] = {"LANGUAGE", "HANDLER", "VOLATILITY", "NULL_HANDLING", "TARGET_PATH"};

void transform(Running& run, const CreateHead& head, const Object& existing, Object& wanted) {
  const auto value = [](const Object& object, std::string_view key) { return object.prop(key); };
  for (const std::string_view key : kFixed) {
    if (value(existing, key) != value(wanted, key))
      refuse_unsupported(fmt::format("CREATE OR ALTER {} with another {}", facts(head.kind).words, key));
  }
  for (size_t i = 0; i < wanted.columns.size(); ++i) {
    if (existing.columns[i].name != wanted.columns[i].name ||
        existing.columns[i].default_sql != wanted.columns[i].default_sql)
      refuse_unsupported(fmt::format("CREATE OR ALTER {} with other arguments", facts(head.kind).words));
  }
  Object& edited = run.catalog.edit(existing.id);
  edited.props = std::move(wanted.props);
  edited.columns = std::move(wanted.columns);
  touch(run, existing.id);
}

ResultSet create_routine(Running& run, const CreateHead& head) {
  Parser& p = run.parser;
  if (head.or_replace && head.if_not_exists) p.unexpected();
  const NameParts written = p.qualified();
  RoutineText text = read_routine(run, head.kind);
  check_routine(head, text);
  if (head.or_alter && text.copy_grants)
    refuse_unsupported(fmt::format("CREATE OR ALTER {} COPY GRANTS", facts(head.kind).words));
  const Object& schema = need_container(run, head.kind, written);
  const std::string key = routine_key(written.back(), text.arguments);
  const Object* existing = check_create(run, head, schema, key);
  if (existing != nullptr && head.if_not_exists) return already_exists(written.back());
  check_overloads(run, schema, head.kind, written.back(), key, text.arguments);
  Object object;
  object.props = std::move(text.props);
  object.props["NAME"] = written.back();
  if (head.secure) object.props["SECURE"] = "true";
  if (head.aggregate) object.props["AGGREGATE"] = "true";
  object.columns = std::move(text.arguments);
  if (existing != nullptr && head.or_alter) {
    transform(run, head, *existing, object);
    return created(head.kind, written.back());
  }
  std::vector<Grant> grants;
  if (existing != nullptr && text.copy_grants) grants = direct_grants(run, *existing);
  if (existing != nullptr) put_away(run, *existing);
  const Id id = make(run, head.kind, schema, key, std::move(object), text.copy_grants ? &grants : nullptr);
  // COPY GRANTS of a procedure does not keep future grants away (procedure entry, quirks).
  if (text.copy_grants && head.kind == Kind::Procedure) materialise_future_grants(run, id);
  return created(head.kind, written.back());
}

// --- ALTER -----------------------------------------------------------------------------------------------------------

ResultSet rename_routine(Running& run, const Object& routine) {
  NameParts name = run.parser.qualified();
  run.parser.expect_end();
  const std::string plain = name.back();
  name.back() = routine_key(plain, routine.columns);
  const Object& schema = name.size() == 1 ? run.catalog.at(routine.parent) : need_container(run, routine.kind, name);
  check_overloads(run, schema, routine.kind, plain, routine.parent == schema.id ? routine.name : name.back(),
                  routine.columns);
  rename_object(run, routine, name, true);
  run.catalog.edit(routine.id).props["NAME"] = plain;
  return executed();
}

ResultSet set_secure(Running& run, const Object& routine, bool secure) {
  run.parser.expect_end();
  Object& edited = run.catalog.edit(routine.id);
  if (secure) edited.props["SECURE"] = "true";
  if (!secure) edited.props.erase("SECURE");
  touch(run, routine.id);
  return executed();
}

constexpr std::string_view kAlterable = "COMMENT,EXTERNAL_ACCESS_INTEGRATIONS,SECRETS";

ResultSet set_properties(Running& run, const Object& routine) {
  Parser& p = run.parser;
  Settings settings;
  const std::string& language = routine.prop("LANGUAGE");
  while (p.peek().is_name() && p.at_symbol("=", 1)) {
    const std::string key = p.peek().folded();
    const auto* property = find_property(key);
    if (property == nullptr) {
      read_settings(p, routine.kind, {}, settings);
    } else if (!lists(kAlterable, key) || !lists(property->languages, language)) {
      refuse_property(key, facts(routine.kind).words);
    } else {
      read_property(run, routine.kind, settings.props);
    }
  }
  if (settings.empty()) p.unexpected();
  p.expect_end();
  need_for_parameters(run, settings.params);
  apply(settings, run.catalog.edit(routine.id));
  touch(run, routine.id);
  return executed();
}

// Of procedures the page unsets COMMENT alone.
ResultSet unset_properties(Running& run, const Object& routine) {
  Parser& p = run.parser;
  std::vector<std::string> names;
  do {
    names.push_back(p.name());
    const bool level = lists("LOG_LEVEL,TRACE_LEVEL,METRIC_LEVEL", names.back());
    const bool known =
        routine.kind == Kind::Function ? lists(kAlterable, names.back()) || level : names.back() == "COMMENT";
    if (!known) refuse_property(names.back(), facts(routine.kind).words);
  } while (p.accept_symbol(","));
  p.expect_end();
  unset(names, run.catalog.edit(routine.id));
  touch(run, routine.id);
  return executed();
}

ResultSet execute_as(Running& run, const Object& routine) {
  Properties given;
  if (!read_word(run.parser, routine.kind, given)) run.parser.unexpected();
  run.parser.expect_end();
  run.catalog.edit(routine.id).props["EXECUTE_AS"] = given["EXECUTE_AS"];
  touch(run, routine.id);
  return executed();
}

ResultSet alter_routine(Running& run, const Object& routine) {
  Parser& p = run.parser;
  if (p.at("SET TAG") || p.at("UNSET TAG"))
    refuse_unsupported(fmt::format("ALTER {} SET TAG", facts(routine.kind).words));
  need_ownership(run, routine);
  if (p.accept("RENAME TO")) return rename_routine(run, routine);
  const bool function = routine.kind == Kind::Function;
  if (function && p.accept("SET SECURE")) return set_secure(run, routine, true);
  if (function && p.accept("UNSET SECURE")) return set_secure(run, routine, false);
  if (!function && p.at("EXECUTE AS")) return execute_as(run, routine);
  if (p.accept("SET")) return set_properties(run, routine);
  p.expect("UNSET");
  return unset_properties(run, routine);
}

}  // namespace

ResultSet create_function(Running& run, const CreateHead& head) { return create_routine(run, head); }
ResultSet create_procedure(Running& run, const CreateHead& head) { return create_routine(run, head); }
ResultSet alter_function(Running& run, const Object& function) { return alter_routine(run, function); }
ResultSet alter_procedure(Running& run, const Object& procedure) { return alter_routine(run, procedure); }

}  // namespace mesh::sandbox
