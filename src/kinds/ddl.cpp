#include "mesh/kinds/ddl.hpp"
#include "mesh/model/creation.hpp"

#include <algorithm>
#include <map>

#include "mesh/kinds/contacts.hpp"
#include "mesh/kinds/document.hpp"
#include "mesh/kinds/policies.hpp"
#include "mesh/kinds/signature.hpp"

namespace mesh::kinds {
namespace {

using sql::Keyword;
using sql::Writer;

// Full names stand in quotes (network policies), names do not (resource monitors).
void write_list(Writer& w, const PropertyRow& row, const ValueList& list) {
  if (!row.bare) w.open();
  for (size_t i = 0; i < list.size(); ++i) {
    if (i > 0) w.comma();
    const std::string& text = *list[i].text();
    if (row.type == ValueType::Names) {
      w.name(Name::exact(text));
    } else if (row.type == ValueType::ForeignNames || (row.type == ValueType::ObjectNames && row.bare)) {
      w.name(QualifiedName::parse(text).value());  // canonical() has parsed it
    } else {
      w.text(text);
    }
  }
  if (!row.bare) w.close();
}

// (VAL VARCHAR(10), N NUMBER(38,0))
void write_arguments(Writer& w, const ValueRecord& arguments) {
  w.open();
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (i > 0) w.comma();
    w.name(Name::exact(arguments[i].first)).type(DataType::parse(*arguments[i].second.text()).value());
  }
  w.close();
}

bool is_of_signature(const PropertyRow& row) {
  return row.type == ValueType::Arguments || row.type == ValueType::DataType;
}

// AS (VAL VARCHAR) RETURNS VARCHAR; what a kind always returns is written too, behind () where it has no arguments.
void write_signature(Writer& w, const Object& object) {
  const auto always = of(object.id.kind).returns;
  bool returns = false, arguments = false;
  for (const auto& row : of(object.id.kind).properties) {
    const Value* value = object.find(row.name);
    if (!is_of_signature(row) || value == nullptr || value->is_null()) continue;
    w.kw(Keyword::of_table(row.clause));
    if (row.type == ValueType::Arguments) {
      arguments = true;
      write_arguments(w, std::get<ValueRecord>(value->data));
    } else {
      w.type(DataType::parse(*value->text()).value());
      returns = true;
    }
  }
  if (returns || always.empty()) return;
  if (!arguments && !is_overloaded(object.id.kind)) w.kw("AS").open().close();
  w.kw("RETURNS").kw(Keyword::of_table(always));
}

void write_value(Writer& w, const PropertyRow& row, const Value& value) {
  if (const auto* list = std::get_if<ValueList>(&value.data)) {
    write_list(w, row, *list);
  } else if (value.is_null() && !row.null_word.empty()) {
    w.kw(Keyword::of_table(row.null_word));
  } else if (const auto* flag = std::get_if<bool>(&value.data)) {
    w.boolean(*flag);
  } else if (const auto* number = std::get_if<int64_t>(&value.data)) {
    w.number(*number);
  } else {
    const std::string text = value.text() != nullptr ? *value.text() : std::string();
    if (row.type == ValueType::StagePath) {
      const auto [name, path] = parts_of_stage_path(text);  // canonical() has looked at its characters
      w.fragment(SqlText{"@" + QualifiedName::parse(name).value().sql() + path, {}});
    } else if (row.type == ValueType::Identifier && !row.quoted) {
      w.name(Name::exact(text));
    } else if ((row.type == ValueType::ObjectName || row.type == ValueType::ForeignName) && !row.quoted) {
      w.name(QualifiedName::parse(text).value());  // canonical() has parsed it
    } else if (is_word_of(row, text) && !row.quoted) {
      w.kw(Keyword::of_table(text));  // one of the row's own values
    } else {
      w.text(text);
    }
  }
}

// CLAUSE = value, one after the other; those within one clause share its brackets: DIRECTORY = (ENABLE = TRUE).
class Assignments {
 public:
  explicit Assignments(Writer& w) : w_(w) {}

  void add(const PropertyRow& row, const Value& value) {
    if (row.wrapped_in != open_) {
      close();
      if (!row.wrapped_in.empty()) w_.kw(Keyword::of_table(row.wrapped_in)).equals().open();
      open_ = row.wrapped_in;
    }
    if (value.is_null() && !row.none_clause.empty()) {
      w_.kw(Keyword::of_table(row.none_clause));
      return;
    }
    w_.kw(Keyword::of_table(row.clause));
    if (row.write != nullptr) return row.write(w_, value);
    if (row.type == ValueType::Address) {                    // ON TABLE name
      const auto id = parse_address(*value.text()).value();  // canonical() has parsed it
      w_.kw(Keyword::of_table(of(id.kind).sql)).name(id);
      return;
    }
    if (!row.bare && !row.no_equals) w_.equals();
    write_value(w_, row, value);
  }
  void close() {
    if (!open_.empty()) w_.close();
    open_ = {};
  }

 private:
  Writer& w_;
  std::string_view open_;
};

// A clause of its own for each of a row's slots.
std::vector<PropertyRow> slot_rows(const PropertyRow& row) {
  std::vector<PropertyRow> rows;
  for (const auto slot : row.slots) rows.push_back({.name = row.name, .clause = slot});
  return rows;
}

void write_slots(Writer& w, const PropertyRow& row, const Value& value) {
  const auto rows = slot_rows(row);
  const auto& list = std::get<ValueList>(value.data);
  Assignments assignments(w);
  for (size_t i = 0; i < list.size() && i < rows.size(); ++i) assignments.add(rows[i], list[i]);
}

// Of the slots, what differs: one whose entry stays is not touched, a new entry takes the first that is free.
std::vector<PropertyChange> slot_changes(const PropertyChange& change, const std::vector<PropertyRow>& rows) {
  const auto& row = *change.row;
  std::vector<std::string> wanted;
  if (const auto* list = std::get_if<ValueList>(&change.after.data)) {
    for (const auto& each : *list) wanted.push_back(*each.text());
  }
  const auto* before = std::get_if<ValueList>(&change.before.data);
  std::vector<PropertyChange> changes;
  std::vector<std::pair<const PropertyRow*, bool>> open;  // whether something is there
  for (const auto& slot : rows) {
    const std::string head = std::string(slot.clause) + ":";
    const std::string* now = nullptr;
    for (size_t i = 0; before != nullptr && i < before->size(); ++i) {
      if ((*before)[i].text()->rfind(head, 0) == 0) now = (*before)[i].text();
    }
    const auto stays = std::find_if(wanted.begin(), wanted.end(), [&](const std::string& text) {
      return now != nullptr && row.compared_by(text) == row.compared_by(*now);
    });
    if (stays == wanted.end()) {
      open.emplace_back(&slot, now != nullptr);
    } else {
      wanted.erase(stays);
    }
  }
  for (size_t i = 0; i < open.size(); ++i) {
    const auto& [slot, is_taken] = open[i];
    if (i < wanted.size()) {
      changes.push_back({slot, Value(wanted[i]), false});
    } else if (is_taken) {
      changes.push_back({slot, Value(), true});
    }
  }
  return changes;
}

bool is_in_create(const PropertyRow& row, const Object& object) {
  return row.in_create && (row.set_later_for == nullptr || !row.set_later_for(object));
}

std::string_view words_once_made(KindId kind) { return sql_or(of(kind).sql_once_made, of(kind)); }

Writer alter(const ObjectId& id, std::string_view words = {}) {
  Writer w;
  w.kw("ALTER").kw(Keyword::of_table(words.empty() ? words_once_made(id.kind) : words)).name(id);
  return w;
}

Writer alter_governed(const ObjectId& id) { return alter(id, of(id.kind).sql_for_policies); }

Writer alter_column(const ObjectId& id, const Name& column) {
  Writer w = alter_governed(id);
  w.kw("ALTER COLUMN").name(column);
  return w;
}

bool is_true(const Object& object, std::string_view property) {
  const Value* value = object.find(property);
  return value != nullptr && *value == Value(true);
}

bool is_of(const Object& object, std::string_view property, const char* wanted) {
  const Value* value = object.find(property);
  return value != nullptr && *value == Value(wanted);
}

bool is_started(const Value& state) { return state == Value("STARTED"); }

bool is_head_word(const PropertyRow& row) { return row.change == ChangeBy::Flag || row.spelt == Spelt::HeadWord; }
bool is_as_born(const PropertyRow& row, const Value& state) {
  return state == Value(std::string(row.born.empty() ? "SUSPENDED" : row.born));
}

void write_word(Writer& w, const PropertyRow& row, const Value& value) {
  w.kw(Keyword::of_table(value == Value(true) ? row.clause : row.clause_false));
}

// TRIGGERS ON 75 PERCENT DO NOTIFY .., of "75 NOTIFY"; without commas between them.
void write_triggers(Writer& w, const Value& value) {
  w.kw("TRIGGERS");
  for (const auto& each : std::get<ValueList>(value.data)) {
    const std::string& text = *each.text();
    const size_t blank = text.find(' ');
    w.kw("ON")
        .number(std::stoll(text))
        .kw("PERCENT DO")
        .kw(Keyword::of_table(std::string_view(text).substr(blank + 1)));
  }
}

// PUBLISH = TRUE. What is not published is not to be reviewed either: REVIEW's default is TRUE (create-listing,
// alter-listing), and CREATE ORGANIZATION LISTING knows none.
void write_publish(Writer& w, const Value& state, bool takes_review) {
  const bool published = state == Value("PUBLISHED");
  w.kw("PUBLISH").equals().boolean(published);
  if (!published && takes_review) w.kw("REVIEW").equals().boolean(false);
}

void write_document(Writer& w, const Object& object) {
  w.kw("AS").body(document_text(of(object.id.kind), [&](const PropertyRow& row) { return object.find(row.name); }));
}

// Everything stated that CREATE takes as `CLAUSE = value`, or as one of two words. COPY GRANTS stands before COMMENT
// (create-view).
void write_properties(Writer& w, const Object& object, bool copy_grants) {
  bool to_copy = copy_grants, is_documented = false;
  Assignments assignments(w);
  for (const auto& row : of(object.id.kind).properties) {
    if (to_copy && row.name == "comment") w.kw("COPY GRANTS"), to_copy = false;
    const Value* value = object.find(row.name);
    const Value otherwise = row.always_in_create ? default_of(row) : Value();
    if (value == nullptr || value->is_null()) value = &otherwise;
    if (value->is_null() || is_of_signature(row)) continue;
    const auto* list = std::get_if<ValueList>(&value->data);
    if (row.bare && list != nullptr && list->empty()) continue;
    const bool is_elsewhere = row.from == ReadFrom::Option || is_head_word(row) || row.spelt == Spelt::HeadValue ||
                              row.name == "kind" || row.name == "transient" || row.name == "column_list";
    // TRANSIENT, SECURE, WITH MANAGED ACCESS, the list of columns stand elsewhere
    if (is_elsewhere || row.in_key || !is_in_create(row, object)) continue;
    if (row.spelt == Spelt::Word) {
      if (*value == Value(true)) w.kw(Keyword::of_table(row.clause));
      continue;
    }
    if (row.change == ChangeBy::Words) {
      write_word(w, row, *value);
    } else if (row.change == ChangeBy::Triggers) {
      write_triggers(w, *value);
    } else if (row.change == ChangeBy::Slots) {
      write_slots(w, row, *value);
    } else if (row.change == ChangeBy::Document) {
      if (!is_documented) write_document(w, object);
      is_documented = true;
    } else if (row.change == ChangeBy::Publish) {
      write_publish(w, *value, is_of(object, "distribution", "EXTERNAL"));
    } else {
      assignments.add(row, *value);
    }
  }
  assignments.close();
  if (to_copy) w.kw("COPY GRANTS");
}

// Whether mesh states tags in CREATE (WITH TAG: create-table, create-view, create-schema, create-database,
// create-warehouse); the others are tagged right behind it.
bool create_takes_tags(KindId kind) {
  return of(kind).is_relation || kind == KindId::Schema || kind == KindId::Database || kind == KindId::Warehouse;
}

void write_tags(Writer& w, const Attachments& attachments, const std::optional<Name>& column) {
  bool first = true;
  for (const auto* each : attachments) {
    if (each->key.kind != KindId::Tag || each->key.bearer.column != column) continue;
    if (first) {
      w.kw("WITH TAG").open();
    } else {
      w.comma();
    }
    first = false;
    w.name(each->name).equals().text(each->value);
  }
  if (!first) w.close();
}

// MASKING POLICY p USING (c, d); ROW ACCESS POLICY p ON (c); AGGREGATION POLICY p
void write_policy(Writer& w, const Attachment& policy) {
  const auto* form = policy_form(policy.key.kind);
  MESH_ASSERT(form != nullptr);
  w.kw(Keyword::of_table(of(policy.key.kind).sql)).name(policy.name);
  if (!policy.columns.empty()) w.kw(Keyword::of_table(form->columns_sql)).names(policy.columns);
}

// In the order of the syntax of CREATE TABLE and CREATE VIEW, which is that of the forms.
void write_policies(Writer& w, const Attachments& attachments, const std::optional<Name>& column) {
  for (const auto& form : policy_forms()) {
    for (const auto* each : attachments) {
      if (each->key.kind != form.kind || each->key.bearer.column != column) continue;
      w.kw("WITH");
      write_policy(w, *each);
    }
  }
}

// Behind the columns of a table, or a view's name: WITH ROW ACCESS POLICY p ON (C) WITH TAG (T = 'v').
void write_own_attachments(Writer& w, const Attachments& attachments) {
  write_policies(w, attachments, std::nullopt);
  write_tags(w, attachments, std::nullopt);
}

void write_column_attachments(Writer& w, const Column& column, const Attachments& attachments) {
  write_policies(w, attachments, column.name);
  write_tags(w, attachments, column.name);
  if (!column.comment.empty()) w.kw("COMMENT").text(column.comment);
}

// Clauses behind a column's type, in the order of CREATE TABLE's syntax; a policy stands after DEFAULT and before
// COMMENT (masking_policy entry, quirks).
void write_column(Writer& w, const Column& column, const Attachments& attachments) {
  w.name(column.name).type(column.type);
  if (column.virtual_as) w.kw("AS").open().fragment(*column.virtual_as).close();
  if (!column.collate.empty()) w.kw("COLLATE").text(column.collate);
  if (column.identity) {
    w.kw("IDENTITY").open().number(column.identity->start).comma().number(column.identity->increment).close();
    if (column.identity->order) w.kw(*column.identity->order ? Keyword("ORDER") : Keyword("NOORDER"));
  } else if (column.default_value) {
    w.kw("DEFAULT").fragment(*column.default_value);
  }
  if (!column.nullable) w.kw("NOT NULL");
  write_column_attachments(w, column, attachments);
}

void write_constraint(Writer& w, const Constraint& constraint) {
  if (constraint.name) w.kw("CONSTRAINT").name(*constraint.name);
  switch (constraint.type) {
    case ConstraintType::PrimaryKey:
      w.kw("PRIMARY KEY").names(constraint.columns);
      break;
    case ConstraintType::Unique:
      w.kw("UNIQUE").names(constraint.columns);
      break;
    case ConstraintType::ForeignKey:
      w.kw("FOREIGN KEY").names(constraint.columns).kw("REFERENCES").name(constraint.references);
      if (!constraint.references_columns.empty()) w.names(constraint.references_columns);
      break;
  }
  if (constraint.rely.value_or(false)) w.kw("RELY");
}

void write_check(Writer& w, const Check& check) {
  w.kw("CONSTRAINT").name(check.name).kw("CHECK").open().fragment(check.condition).close();
}

// ON EQUALITY ("A", "B"), SUBSTRING ("C"): neighbours of one method share its brackets.
void write_search_targets(Writer& w, const std::vector<SearchTarget>& targets) {
  for (size_t i = 0; i < targets.size(); ++i) {
    const auto& target = targets[i];
    const auto joins = [&](size_t a, size_t b) {
      return targets[a].method == targets[b].method && targets[a].analyzer == targets[b].analyzer;
    };
    const bool first = i == 0 || !joins(i - 1, i), last = i + 1 == targets.size() || !joins(i, i + 1);
    if (i == 0) w.kw("ON");
    if (i > 0) w.comma();
    if (first) w.kw(Keyword::of_table(target.method)).open();
    target.column ? w.path(*target.column, target.path) : w.kw("*");
    if (!last) continue;
    if (!target.analyzer.empty() && target.analyzer != "DEFAULT_ANALYZER")
      w.comma().kw("ANALYZER =>").text(target.analyzer);
    w.close();
  }
}

void write_cluster_by(Writer& w, const std::vector<SqlText>& keys) {
  w.kw("CLUSTER BY").open();
  for (size_t i = 0; i < keys.size(); ++i) {
    if (i > 0) w.comma();
    w.fragment(keys[i]);
  }
  w.close();
}

void write_clustering(Writer& w, const Object& object) {
  if (object.cluster_by && !object.cluster_by->empty()) write_cluster_by(w, *object.cluster_by);
}

void write_column_list(Writer& w, const Object& object, const Attachments& attachments) {
  w.open();
  bool first = true;
  for (const auto& name : listed_columns(object)) {
    if (!first) w.comma();
    first = false;
    Column column;
    column.name = name;
    for (const auto& stated : object.columns) {
      if (stated.name == name) column = stated;
    }
    w.name(name);
    write_column_attachments(w, column, attachments);
  }
  w.close();
}

void write_computed_columns(Writer& w, const Object& object) {
  w.open();
  for (size_t i = 0; i < object.columns.size(); ++i) {
    if (i > 0) w.comma();
    w.newline(2);
    write_column(w, object.columns[i], {});
  }
  w.newline(0).close();
}

std::string create_table(const Object& table, const Attachments& attachments) {
  Writer w;
  w.kw("CREATE");
  const Value* kind = table.find("kind");
  if (kind != nullptr && *kind == Value("TRANSIENT")) w.kw("TRANSIENT");
  w.kw("TABLE").name(table.id.name).open();
  bool first = true;
  const auto next = [&] {
    if (!first) w.comma();
    first = false;
    w.newline(2);
  };
  for (const auto& column : table.columns) next(), write_column(w, column, attachments);
  for (const auto& constraint : table.constraints) {
    if (constraint.type == ConstraintType::ForeignKey) continue;
    next(), write_constraint(w, constraint);
  }
  if (table.checks) {
    for (const auto& check : *table.checks) next(), write_check(w, check);
  }
  w.newline(0).close();
  write_clustering(w, table);
  write_properties(w, table, false);
  write_own_attachments(w, attachments);
  return w.take();
}

void close_brackets(Writer& w, std::string_view brackets) {
  for (size_t i = 0; i < brackets.size(); ++i) w.close();
}

void write_texts(Writer& w, const Object& object) {
  for (const auto& row : of(object.id.kind).texts) {
    const SqlText* text = object.text(row.name);
    if (text == nullptr) continue;
    w.kw(Keyword::of_table(row.before));
    if (row.quoted) {
      w.body(text->text);
      continue;
    }
    if (row.before == "AS") w.newline(0);
    w.fragment(*text);
    close_brackets(w, row.after);
  }
}

// (AMOUNT NUMBER(38,0), RATE NUMBER(38,0) DEFAULT 0.2)
void write_declared_arguments(Writer& w, const Object& routine) {
  const Value* value = routine.find("arguments");
  const auto arguments =
      value == nullptr || value->text() == nullptr ? std::vector<Argument>() : read_arguments(*value->text());
  w.open();
  for (const auto& argument : arguments) {
    if (&argument != &arguments.front()) w.comma();
    write_type(w.name(argument.name), argument.type);
    if (!argument.default_sql.empty()) w.kw("DEFAULT").fragment(SqlText{argument.default_sql, {}});
  }
  w.close();
}

void write_argument(Writer& w, const PropertyRow& row, const Value& value) {
  const bool in_group = !group_of(row).empty();
  if (in_group) w.open_object().key(key_in_group(row));
  row.write != nullptr ? row.write(w, value) : static_cast<void>(w.constant(value));
  if (in_group) w.close_object();
}

void write_member(Writer& w, const PropertyRow& row, const Value& value) {
  w.key(group_of(row).empty() ? row.name : group_of(row));
  write_argument(w, row, value);
}

// 'auto_tag': TRUE, 'tag_map': {'column_tag_map': [..]}
void write_members(Writer& w, const Object& instance) {
  bool first = true;
  for (const auto& row : of(instance.id.kind).properties) {
    const Value* value = instance.find(row.name);
    const Value otherwise = row.always_in_create ? default_of(row) : Value();
    if (value == nullptr || value->is_null()) value = &otherwise;
    const auto* list = std::get_if<ValueList>(&value->data);
    if (value->is_null() || (list != nullptr && list->empty())) continue;
    if (!first) w.comma();
    first = false;
    write_member(w, row, *value);
  }
}

// CREATE class name({..}): never OR REPLACE, which takes the instance off whatever it is set on
// (create-classification-profile).
std::string create_instance(const Object& instance) {
  Writer w;
  w.kw("CREATE").kw(Keyword::of_table(of(instance.id.kind).sql)).name(instance.id.name).open().open_object();
  write_members(w, instance);
  return w.close_object().close().take();
}

std::string create_plain(const Object& object, bool replace, const Attachments& attachments) {
  Writer w;
  w.kw("CREATE");
  if (replace) w.kw("OR REPLACE");
  if (is_true(object, "transient")) w.kw("TRANSIENT");
  for (const auto& row : of(object.id.kind).properties) {
    if (is_head_word(row) && is_true(object, row.name)) w.kw(Keyword::of_table(row.clause));
    if (row.spelt != Spelt::HeadValue) continue;
    const Value* value = object.find(row.name);
    const std::string_view word =
        value == nullptr || value->is_null() ? row.default_value : std::string_view(*value->text());
    w.kw(Keyword::of_table(word));  // one of the row's own values
  }
  w.kw(Keyword::of_table(of(object.id.kind).sql)).name(object.id.name);
  const bool has_arguments = is_overloaded(object.id.kind);
  if (has_arguments) write_declared_arguments(w, object);
  if (has_arguments && replace) w.kw("COPY GRANTS");  // create-function, create-procedure: before RETURNS
  if (is_true(object, "managed_access")) w.kw("WITH MANAGED ACCESS");
  write_signature(w, object);
  const Kind& kind = of(object.id.kind);
  if (replace && kind.copies_grants_first) w.kw("COPY GRANTS");
  if (!listed_columns(object).empty()) write_column_list(w, object, attachments);
  if (kind.columns_computed && !object.columns.empty()) write_computed_columns(w, object);
  // A view's stand before its other clauses (create-view).
  const bool attached = kind.is_relation;
  if (attached && !kind.attachments_last) write_own_attachments(w, attachments);
  if (kind.texts_first) write_texts(w, object);
  write_properties(w, object, replace && !has_arguments && !kind.copies_grants_first);
  write_clustering(w, object);
  if (attached && kind.attachments_last) write_own_attachments(w, attachments);
  if (!attached && create_takes_tags(object.id.kind)) write_tags(w, attachments, std::nullopt);
  if (!kind.texts_first) write_texts(w, object);
  return w.take();
}

std::string_view words_in_grants(KindId kind) { return sql_or(of(kind).sql_in_grants, of(kind)); }

void write_target(Writer& w, const GrantTarget& target) {
  switch (target.form) {
    case TargetForm::Account:
      w.kw("ACCOUNT");
      return;
    case TargetForm::Object:
      w.kw(Keyword::of_table(words_in_grants(target.object.kind))).name(target.object);
      return;
    case TargetForm::FutureIn:
      w.kw("FUTURE").kw(Keyword::of_table(of(target.of_kind).sql_plural)).kw("IN");
      w.kw(Keyword::of_table(of(target.object.kind).sql)).name(target.object.name);
      return;
    case TargetForm::PresentIn:  // an inherited grant
      w.kw("ALL").kw(Keyword::of_table(of(target.of_kind).sql_plural)).kw("IN");
      w.kw(Keyword::of_table(of(target.object.kind).sql)).name(target.object.name);
      return;
  }
  broken_promise("form of a grant's target", __FILE__, __LINE__);
}

void write_grantee(Writer& w, const Grantee& grantee) {
  switch (grantee.type) {
    case GranteeType::Role:
      w.kw("ROLE");
      break;
    case GranteeType::DatabaseRole:
      w.kw("DATABASE ROLE");
      break;
    case GranteeType::User:
      w.kw("USER");
      break;
    case GranteeType::Share:
      w.kw("SHARE");
      break;
    case GranteeType::ApplicationRole:
      w.kw("APPLICATION ROLE");
      break;
  }
  w.name(grantee.name);
}

// <verb> SELECT ON TABLE .. <to or from> ROLE ..
Writer privilege_statement(Keyword verb, const GrantKey& key, Keyword direction) {
  Writer w;
  w.kw(verb);
  if (key.target.form == TargetForm::PresentIn) w.kw("INHERITED");
  w.privilege(key.privilege).kw("ON");
  write_target(w, key.target);
  w.kw(direction);
  write_grantee(w, key.grantee);
  return w;
}

// <verb> ROLE .. <to or from> ROLE ..
std::string membership_statement(Keyword verb, const MembershipKey& key, Keyword direction) {
  Writer w;
  w.kw(verb).kw(Keyword::of_table(of(key.role.kind).sql)).name(key.role.name).kw(direction);
  write_grantee(w, key.member);
  return w.take();
}

}  // namespace

namespace {

std::vector<PropertyChange> set_after_creation(const Object& object) {
  std::vector<PropertyChange> changes;
  for (const auto& row : of(object.id.kind).properties) {
    const Value* value = object.find(row.name);
    if (is_in_create(row, object) || row.behind_access || value == nullptr || value->is_null()) continue;
    if (row.change == ChangeBy::Resume && of(object.id.kind).forms_graphs) continue;  // see diff/task_graphs.cpp
    if (row.change == ChangeBy::Resume && is_as_born(row, *value)) continue;
    changes.push_back({&row, *value, false});
  }
  return changes;
}

}  // namespace

namespace {

// Behind CREATE, what it does not take: properties, comments of a view's columns (it takes those only with the whole
// list of columns, which a manifest need not state), a table's search optimization (table entry).
void add_what_create_lacks(const Object& object, const Attachments& attachments, std::vector<std::string>& statements) {
  const bool has_all = object.id.kind == KindId::Table || !listed_columns(object).empty();
  for (const auto* each : attachments) {
    const bool is_own = !each->key.bearer.column && each->key.bearer.object == object.id;
    const bool is_in = protects(each->key.kind) &&
                       (has_all || (is_own && (of(object.id.kind).is_relation ||
                                               (each->key.kind == KindId::Tag && create_takes_tags(object.id.kind)))));
    if (is_in) continue;
    for (auto& sql : attach_statements(*each)) statements.push_back(std::move(sql));
  }
  for (auto& sql : property_statements(object.id, set_after_creation(object))) statements.push_back(std::move(sql));
  if (of(object.id.kind).columns_by_name && !has_all && !of(object.id.kind).lists_comments) {
    for (const auto& column : object.columns) {
      if (!column.comment.empty()) statements.push_back(set_column_comment(object.id, column.name, column.comment));
    }
  }
  if (const auto& search = object.search_optimization; search && search->on)
    statements.push_back(add_search_optimization(object.id, search->targets));
}

}  // namespace

// All columns of a query: where it is clustered, or only the list takes comments, they must be named as well.
std::vector<Name> listed_columns(const Object& object) {
  const Kind& kind = of(object.id.kind);
  std::vector<Name> names;
  if (!kind.columns_by_name) return names;
  if (const Value* stated = object.find("column_list"); stated != nullptr && !stated->is_null()) {
    for (const auto& each : std::get<ValueList>(stated->data)) names.push_back(Name::exact(*each.text()));
  }
  const bool commented = std::any_of(object.columns.begin(), object.columns.end(),
                                     [](const Column& column) { return !column.comment.empty(); });
  const bool is_clustered = object.cluster_by && !object.cluster_by->empty();
  if (!names.empty() || !(is_clustered || (kind.lists_comments && commented))) return names;
  for (const auto& column : object.columns) names.push_back(column.name);
  return names;
}

std::vector<std::string> create_statements(const Object& object, const Attachments& attachments) {
  if (of(object.id.kind).is_instance) return {create_instance(object)};
  std::vector<std::string> statements{object.id.kind == KindId::Table ? create_table(object, attachments)
                                                                      : create_plain(object, false, attachments)};
  add_what_create_lacks(object, attachments, statements);
  return statements;
}

std::vector<std::string> replace_statements(const Object& object, const Attachments& attachments) {
  Attachments in_create, behind;
  int tags = 0;
  for (const auto* each : attachments)
    (each->key.kind == KindId::Tag && ++tags > kTagsOfCreation ? behind : in_create).push_back(each);
  std::vector<std::string> statements{create_plain(object, true, in_create)};
  add_what_create_lacks(object, in_create, statements);
  for (const auto* tag : behind) {
    for (auto& sql : attach_statements(*tag, nullptr)) statements.push_back(std::move(sql));
  }
  return statements;
}

namespace {

// ALTER TABLE t [MODIFY COLUMN c]; ALTER TABLE works for no view's columns (tag entry, statements).
Writer alter_bearer(const Bearer& bearer) {
  Writer w = alter_governed(bearer.object);
  if (bearer.column) w.kw("MODIFY COLUMN").name(*bearer.column);
  return w;
}

}  // namespace

namespace {

// ALTER of what is no plain table is ALTER TABLE, but for materialized views (contacts-using, alter-materialized-view).
Writer alter_contact(const Attachment& contact, Keyword verb) {
  const auto& id = contact.key.bearer.object;
  const auto words = of(id.kind).sql_for_policies;
  Writer w = alter(id, words == "TABLE" ? words : std::string_view());
  w.kw(verb).kw("CONTACT").kw(Keyword::of_table(contact_purpose(contact.key.slot)));
  return w;
}

}  // namespace

namespace {

// ALTER TABLE t <verb> DATA METRIC FUNCTION f ON (c)
Writer alter_metric(const Attachment& metric, Keyword verb) {
  Writer w = alter_bearer(metric.key.bearer);
  w.kw(verb).kw("DATA METRIC FUNCTION").name(metric.name).kw("ON");
  if (metric.columns.empty()) return std::move(w.open().close());
  return std::move(w.names(metric.columns));
}

void write_expectation(Writer& w, const std::string& name, const std::string& condition) {
  w.name(Name::exact(name)).open().fragment(SqlText{condition, {}}).close();
}

std::vector<std::string> metric_statements(const Attachment& wanted, const Attachment* before) {
  if (before == nullptr) {
    Writer w = alter_metric(wanted, "ADD");
    bool first = true;
    for (const auto& [name, condition] : wanted.expectations) {
      if (first) w.kw("EXPECTATION");
      if (!first) w.comma();
      first = false;
      write_expectation(w, name, condition);
    }
    return {w.take()};
  }
  std::vector<std::string> statements;
  for (const auto& [name, condition] : wanted.expectations) {
    const auto there = before->expectations.find(name);
    if (there != before->expectations.end() && sql::same_sql(condition, there->second)) continue;
    Writer w = alter_metric(wanted, "MODIFY");
    w.kw(there == before->expectations.end() ? Keyword("ADD EXPECTATION") : Keyword("MODIFY EXPECTATION"));
    write_expectation(w, name, condition);
    statements.push_back(w.take());
  }
  for (const auto& [name, condition] : before->expectations) {
    if (wanted.expectations.count(name) > 0) continue;
    statements.push_back(alter_metric(wanted, "MODIFY").kw("DROP EXPECTATION").name(Name::exact(name)).take());
  }
  return statements;
}

std::string attach_statement(const Attachment& wanted, const Attachment* before) {
  if (wanted.key.kind == KindId::Contact) return alter_contact(wanted, "SET").equals().name(wanted.name).take();
  Writer w = alter_bearer(wanted.key.bearer);
  if (wanted.key.kind == KindId::Tag) return w.kw("SET TAG").name(wanted.name).equals().text(wanted.value).take();
  // Swapped in one statement: by FORCE, which row access policies lack (governance-reading.md 8).
  const bool is_listed = wanted.key.kind == KindId::RowAccessPolicy;
  if (is_listed && before != nullptr) w.kw("DROP ROW ACCESS POLICY").name(before->name).comma();
  w.kw(is_listed ? Keyword("ADD") : Keyword("SET"));
  write_policy(w, wanted);
  if (!is_listed && before != nullptr) w.kw("FORCE");
  return w.take();
}

}  // namespace

std::vector<std::string> attach_statements(const Attachment& wanted, const Attachment* before) {
  if (wanted.key.kind == KindId::DataMetricFunction) return metric_statements(wanted, before);
  return {attach_statement(wanted, before)};
}

std::string detach_statement(const Attachment& attachment) {
  if (attachment.key.kind == KindId::Contact) return alter_contact(attachment, "UNSET").take();
  if (attachment.key.kind == KindId::DataMetricFunction) return alter_metric(attachment, "DROP").take();
  Writer w = alter_bearer(attachment.key.bearer);
  const auto kind = attachment.key.kind;
  const bool is_listed = kind == KindId::RowAccessPolicy;
  w.kw(is_listed ? Keyword("DROP") : Keyword("UNSET")).kw(Keyword::of_table(of(kind).sql));
  // The others are the only one of their kind there; a tag may have several.
  if (kind == KindId::Tag || is_listed || attachment.key.bearer.object.kind == KindId::Tag) w.name(attachment.name);
  return w.take();
}

std::string set_text(const ObjectId& id, const TextRow& row, const SqlText* text) {
  Writer w = alter(id);
  w.kw(Keyword::of_table(text == nullptr ? row.alter_none : row.alter));
  if (text != nullptr) w.fragment(*text);
  if (text != nullptr) close_brackets(w, row.alter_after);
  return w.take();
}

std::string drop_statement(const ObjectId& id) {
  Writer w;
  w.kw("DROP").kw(Keyword::of_table(words_once_made(id.kind))).name(id);
  return w.take();
}

std::vector<std::string> drop_statements(const Object& live) {
  const auto before = of(live.id.kind).before_drop;
  const auto words = before == nullptr ? std::string_view() : before(live);
  std::vector<std::string> statements;
  if (!words.empty()) statements.push_back(alter(live.id).kw(Keyword::of_table(words)).take());
  statements.push_back(drop_statement(live.id));
  return statements;
}

std::string undrop_statement(const ObjectId& id) {
  if (!of(id.kind).can_undrop) return {};
  Writer w;
  w.kw("UNDROP").kw(Keyword::of_table(of(id.kind).sql)).name(id);
  return w.take();
}

std::string rename_statement(const ObjectId& from, const QualifiedName& to) {
  Writer w = alter(from, of(from.kind).sql_in_rename);
  w.kw("RENAME TO").name(to);
  return w.take();
}

namespace {

Keyword word_to_unset(const PropertyRow& row) {
  return Keyword::of_table(row.whole_group ? row.wrapped_in : row.clause);
}

void add_unsets(const ObjectId& id, const std::vector<PropertyChange>& unset, std::vector<std::string>& statements) {
  const bool one_each = of(id.kind).one_property_per_statement;
  for (size_t i = 0; i < unset.size();) {
    Writer w = alter(id);
    w.kw("UNSET").kw(word_to_unset(*unset[i].row));
    while (++i < unset.size() && !one_each && !unset[i - 1].row->alone && !unset[i].row->alone)
      w.comma().kw(word_to_unset(*unset[i].row));
    statements.push_back(w.take());
  }
}

ValueList missing_in(const Value& value, const Value& other) {
  const auto* list = std::get_if<ValueList>(&value.data);
  const auto* others = std::get_if<ValueList>(&other.data);
  ValueList missing;
  for (const auto& each : list == nullptr ? ValueList() : *list) {
    if (others == nullptr || std::find(others->begin(), others->end(), each) == others->end()) missing.push_back(each);
  }
  return missing;
}

// What ties tasks together, between what must go first and what is set: a schedule is for those that come after none.
// One that keeps none of those before it gets the new ones first: without any it would be suspended (docs: alter-task,
// REMOVE AFTER).
void add_ties(const ObjectId& id, const std::vector<PropertyChange>& ties, std::vector<std::string>& statements) {
  const auto write = [&](Keyword verb, const PropertyRow& row, const ValueList& list) {
    if (list.empty()) return;
    Writer w = alter(id);
    w.kw(verb).kw(Keyword::of_table(row.clause));
    write_list(w, row, list);
    statements.push_back(w.take());
  };
  std::vector<PropertyChange> sets, unsets;
  for (const auto& tie : ties) {
    if (tie.row->change != ChangeBy::After) (tie.unset ? unsets : sets).push_back(tie);
  }
  add_unsets(id, unsets, statements);
  for (const auto& tie : ties) {
    if (tie.row->change != ChangeBy::After) continue;
    const auto gone = missing_in(tie.before, tie.after), fresh = missing_in(tie.after, tie.before);
    const auto* before = std::get_if<ValueList>(&tie.before.data);
    const bool keeps_one = before != nullptr && gone.size() < before->size();
    if (keeps_one) write("REMOVE", *tie.row, gone);
    write("ADD", *tie.row, fresh);
    if (!keeps_one) write("REMOVE", *tie.row, gone);
  }
  for (const auto& set : sets) {
    Writer w = alter(id);
    w.kw("SET");
    Assignments(w).add(*set.row, set.after);
    statements.push_back(w.take());
  }
}

// What stands beside an addition.
bool is_companion(const PropertyRow& row, const std::vector<PropertyChange>& changes) {
  return std::any_of(changes.begin(), changes.end(), [&](const PropertyChange& change) {
    return change.row->change == ChangeBy::AddRemove && change.row->altered_with == row.name;
  });
}

void add_or_remove(const ObjectId& id, const PropertyChange& change, const std::vector<PropertyChange>& changes,
                   std::vector<std::string>& statements) {
  const auto& row = *change.row;
  const auto write = [&](Writer w, const ValueList& list) {
    PropertyRow bare = row;
    bare.bare = true;
    w.kw(Keyword::of_table(row.clause)).equals();
    write_value(w, bare, Value(list));
    for (const auto& other : changes) {
      if (row.altered_with != other.row->name || other.after == default_of(*other.row)) continue;
      w.kw(Keyword::of_table(other.row->clause)).equals();
      write_value(w, *other.row, other.after);
    }
    statements.push_back(w.take());
  };
  if (const auto more = missing_in(change.after, change.before); !more.empty()) write(alter(id).kw("ADD"), more);
  if (const auto less = missing_in(change.before, change.after); !less.empty()) write(alter(id).kw("REMOVE"), less);
}

// CALL "D"."S"."N"!SET_AUTO_TAG(TRUE); what is a list without entries is unset.
std::vector<std::string> method_calls(const ObjectId& id, const std::vector<PropertyChange>& changes) {
  std::vector<std::string> statements;
  for (const auto& change : changes) {
    const auto* list = std::get_if<ValueList>(&change.after.data);
    const bool unset = change.unset || (list != nullptr && list->empty());
    Writer w;
    w.kw("CALL").call(id.name, unset ? Keyword("UNSET_") : Keyword("SET_"), Keyword::of_table(change.row->clause));
    if (!unset) write_argument(w, *change.row, change.after);
    statements.push_back(w.close().take());
  }
  return statements;
}

// What is unpublished is so first, and then altered; what is published is altered and published in one.
void publish(const ObjectId& id, const std::vector<PropertyChange>& changes, std::vector<std::string>& statements) {
  const PropertyChange* state = nullptr;
  std::map<std::string_view, const Value*> parts;
  bool documents = false;
  for (const auto& change : changes) {
    if (change.row->change == ChangeBy::Publish) state = &change;
    if (change.row->change != ChangeBy::Document) continue;
    parts[change.row->name] = &change.after;
    documents |= !change.stays;
  }
  const bool moves = state != nullptr && !state->stays;
  const bool published = state == nullptr || state->after == Value("PUBLISHED");
  if (moves && (!documents || !published))
    statements.push_back(alter(id).kw(published ? Keyword("PUBLISH") : Keyword("UNPUBLISH")).take());
  if (!documents) return;
  Writer w = alter(id);
  w.kw("AS").body(document_text(of(id.kind), [&](const PropertyRow& row) {
    const auto it = parts.find(row.name);
    return it == parts.end() ? nullptr : it->second;
  }));
  write_publish(w, published ? Value("PUBLISHED") : Value(), true);
  statements.push_back(w.take());
}

}  // namespace

std::vector<std::string> property_statements(const ObjectId& id, const std::vector<PropertyChange>& changes) {
  if (of(id.kind).is_instance) return method_calls(id, changes);
  std::vector<std::string> statements;
  std::vector<PropertyChange> set, unset, unset_first, ties;
  std::vector<std::vector<PropertyRow>> slots;  // what changes point to
  slots.reserve(changes.size());
  publish(id, changes, statements);
  for (const auto& change : changes) {
    if (change.row->change == ChangeBy::Document || change.row->change == ChangeBy::Publish) continue;
    if (change.row->is_sibling && !change.first) {
      ties.push_back(change);
    } else if (change.row->change == ChangeBy::Slots) {
      slots.push_back(slot_rows(*change.row));
      for (const auto& each : slot_changes(change, slots.back())) (each.unset ? unset : set).push_back(each);
    } else if (change.row->change == ChangeBy::ManagedAccess) {
      Writer w = alter(id);
      w.kw(change.after == Value(true) ? Keyword("ENABLE MANAGED ACCESS") : Keyword("DISABLE MANAGED ACCESS"));
      statements.push_back(w.take());
    } else if (change.row->change == ChangeBy::Flag) {
      Writer w = alter(id);
      w.kw(change.after == Value(true) ? Keyword("SET") : Keyword("UNSET")).kw(Keyword::of_table(change.row->clause));
      statements.push_back(w.take());
    } else if (change.row->change == ChangeBy::Phrase) {
      Writer w = alter(id);
      Assignments(w).add(*change.row, change.after);
      statements.push_back(w.take());
    } else if (change.row->change == ChangeBy::Resume) {
      Writer w = alter(id);
      w.kw(Keyword::of_table(is_started(change.after) ? change.row->clause : change.row->clause_false));
      statements.push_back(w.take());
    } else if (change.row->change == ChangeBy::AddRemove) {
      add_or_remove(id, change, changes, statements);
    } else if (is_companion(*change.row, changes)) {
      continue;  // stands beside its row
    } else if (change.row->change == ChangeBy::CommentOn) {
      Writer w;
      w.kw("COMMENT ON").kw(Keyword::of_table(of(id.kind).sql)).name(id.name).kw("IS");
      w.text(change.after.text() != nullptr ? *change.after.text() : std::string());
      statements.push_back(w.take());
    } else if (change.row->change == ChangeBy::Triggers) {
      Writer w = alter(id);
      write_triggers(w, change.after);
      statements.push_back(w.take());
    } else if (change.row->change == ChangeBy::Words) {
      Writer w = alter(id);
      w.kw("SET");
      write_word(w, *change.row, change.after);
      statements.push_back(w.take());
    } else {
      (change.first ? unset_first : change.unset ? unset : set).push_back(change);
    }
  }
  add_unsets(id, unset_first, statements);
  add_ties(id, ties, statements);
  const bool one_each = of(id.kind).one_property_per_statement;
  for (size_t i = 0; i < set.size();) {
    Writer w = alter(id);
    w.kw("SET");
    Assignments assignments(w);
    do {
      assignments.add(*set[i].row, set[i].after);
    } while (++i < set.size() && !one_each && !set[i - 1].row->alone && !set[i].row->alone);
    assignments.close();
    statements.push_back(w.take());
  }
  add_unsets(id, unset, statements);
  return statements;
}

std::string add_column(const ObjectId& table, const Column& column, const Attachments& attachments) {
  Writer w = alter_governed(table);
  w.kw("ADD COLUMN");
  write_column(w, column, attachments);
  return w.take();
}

std::string drop_column(const ObjectId& table, const Name& column) {
  Writer w = alter_governed(table);
  w.kw("DROP COLUMN").name(column);
  return w.take();
}

std::string rename_column(const ObjectId& table, const Name& from, const Name& to) {
  Writer w = alter_governed(table);
  w.kw("RENAME COLUMN").name(from).kw("TO").name(to);
  return w.take();
}

std::string set_column_type(const ObjectId& table, const Column& column) {
  Writer w = alter_column(table, column.name);
  w.kw("SET DATA TYPE").type(column.type);
  return w.take();
}

std::string set_column_nullable(const ObjectId& table, const Name& column, bool nullable) {
  Writer w = alter_column(table, column);
  w.kw(nullable ? Keyword("DROP NOT NULL") : Keyword("SET NOT NULL"));
  return w.take();
}

// ALTER VIEW .. ALTER COLUMN .. COMMENT stands on no documentation page but works (view entry, column list).
std::string set_column_comment(const ObjectId& table_or_view, const Name& column, const std::string& comment) {
  Writer w = alter_governed(table_or_view);
  w.kw("ALTER COLUMN").name(column);
  if (comment.empty() && table_or_view.kind == KindId::Table) {
    w.kw("UNSET COMMENT");
  } else {
    w.kw("COMMENT").text(comment);
  }
  return w.take();
}

std::string drop_column_default(const ObjectId& table, const Name& column) {
  Writer w = alter_column(table, column);
  w.kw("DROP DEFAULT");
  return w.take();
}

std::string set_column_default(const ObjectId& table, const Name& column, const SqlText& sequence) {
  Writer w = alter_column(table, column);
  w.kw("SET DEFAULT").fragment(sequence);
  return w.take();
}

std::string add_constraint(const ObjectId& table, const Constraint& constraint) {
  Writer w = alter(table);
  w.kw("ADD");
  write_constraint(w, constraint);
  return w.take();
}

std::string drop_constraint(const ObjectId& table, const Constraint& constraint) {
  Writer w = alter(table);
  w.kw("DROP");
  switch (constraint.type) {
    case ConstraintType::PrimaryKey:
      w.kw("PRIMARY KEY");
      break;
    case ConstraintType::Unique:
      w.kw("UNIQUE").names(constraint.columns);
      break;
    case ConstraintType::ForeignKey:
      w.kw("FOREIGN KEY").names(constraint.columns);
      break;
  }
  return w.take();
}

std::string rename_constraint(const ObjectId& table, const std::string& stored_name, const Name& to) {
  Writer w = alter(table);
  w.kw("RENAME CONSTRAINT").name(Name::exact(stored_name)).kw("TO").name(to);
  return w.take();
}

std::string set_constraint_rely(const ObjectId& table, const std::string& stored_name, bool rely) {
  Writer w = alter(table);
  w.kw("ALTER CONSTRAINT").name(Name::exact(stored_name)).kw(rely ? Keyword("RELY") : Keyword("NORELY"));
  return w.take();
}

std::string add_check(const ObjectId& table, const Check& check) {
  Writer w = alter(table);
  w.kw("ADD");
  write_check(w, check);
  w.kw("ENABLE NOVALIDATE");
  return w.take();
}

std::string drop_constraint(const ObjectId& table, const Name& name) {
  Writer w = alter(table);
  w.kw("DROP CONSTRAINT").name(name);
  return w.take();
}

std::string add_search_optimization(const ObjectId& table, const std::vector<SearchTarget>& targets) {
  Writer w = alter(table);
  w.kw("ADD SEARCH OPTIMIZATION");
  write_search_targets(w, targets);
  return w.take();
}

std::string drop_search_optimization(const ObjectId& table, const std::vector<SearchTarget>& targets) {
  Writer w = alter(table);
  w.kw("DROP SEARCH OPTIMIZATION");
  write_search_targets(w, targets);
  return w.take();
}

std::string set_cluster_by(const ObjectId& table, const std::vector<SqlText>& keys) {
  Writer w = alter(table);
  write_cluster_by(w, keys);
  return w.take();
}

std::string drop_cluster_by(const ObjectId& table) {
  Writer w = alter(table);
  w.kw("DROP CLUSTERING KEY");
  return w.take();
}

std::string grant_statement(const GrantKey& key, bool grant_option) {
  Writer w = privilege_statement("GRANT", key, "TO");
  if (grant_option) w.kw("WITH GRANT OPTION");
  return w.take();
}

std::string revoke_statement(const GrantKey& key) { return privilege_statement("REVOKE", key, "FROM").take(); }

std::string revoke_grant_option(const GrantKey& key) {
  return privilege_statement("REVOKE GRANT OPTION FOR", key, "FROM").take();
}

std::string grant_role(const MembershipKey& key) { return membership_statement("GRANT", key, "TO"); }

std::string revoke_role(const MembershipKey& key) { return membership_statement("REVOKE", key, "FROM"); }

std::string transfer_ownership(const ObjectId& id, const Name& role) {
  Writer w;
  w.kw("GRANT OWNERSHIP ON").kw(Keyword::of_table(words_in_grants(id.kind))).name(id).kw("TO ROLE").name(role);
  w.kw("COPY CURRENT GRANTS");
  return w.take();
}

}  // namespace mesh::kinds
