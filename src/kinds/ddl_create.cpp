#include "ddl_parts.hpp"

#include <algorithm>

#include "mesh/kinds/signature.hpp"
#include "mesh/model/creation.hpp"

namespace mesh::kinds {
namespace {

bool is_true(const Object& object, std::string_view property) {
  const Value* value = object.find(property);
  return value != nullptr && *value == Value(true);
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

void write_member(Writer& w, const PropertyRow& row, const Value& value) {
  w.key(group_of(row).empty() ? row.name : group_of(row));
  write_argument(w, row, value);
}

// 'auto_tag': TRUE, 'tag_map': {'column_tag_map': [..]}
void write_members(Writer& w, const Object& instance) {
  bool first = true;
  for (const auto& row : of(instance.id.kind).properties) {
    const Value value = value_in_create(row, instance);
    const auto* list = std::get_if<ValueList>(&value.data);
    if (value.is_null() || (list != nullptr && list->empty())) continue;
    if (!first) w.comma();
    first = false;
    write_member(w, row, value);
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

}  // namespace mesh::kinds
