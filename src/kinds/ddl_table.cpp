#include "ddl_parts.hpp"

namespace mesh::kinds {
namespace {

Writer alter_column(const ObjectId& id, const Name& column) {
  Writer w = alter_governed(id);
  w.kw("ALTER COLUMN").name(column);
  return w;
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

}  // namespace

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

void write_clustering(Writer& w, const Object& object) {
  if (object.cluster_by && !object.cluster_by->empty()) write_cluster_by(w, *object.cluster_by);
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

}  // namespace mesh::kinds
