// Columns, constraints and clustering of a table, by the column-alteration matrix of ALTER TABLE ... ALTER COLUMN.
#include <algorithm>

#include <fmt/format.h>

#include "compare.hpp"
#include "mesh/base/text.hpp"
#include "mesh/sql/columns.hpp"
#include "mesh/sql/normalise.hpp"
#include "mesh/sql/token.hpp"
#include "table_parts.hpp"

namespace mesh::diff_parts {

Value column_record(const Column& column) {
  ValueRecord record;
  record.emplace_back("type", column.type.to_string());
  if (!column.nullable) record.emplace_back("nullable", false);
  if (column.default_value) record.emplace_back("default", column.default_value->text);
  if (column.virtual_as) record.emplace_back("as", column.virtual_as->text);
  if (column.identity) {
    record.emplace_back("identity", ValueRecord{{"start", Value(column.identity->start)},
                                                {"increment", Value(column.identity->increment)}});
  }
  if (!column.collate.empty()) record.emplace_back("collate", column.collate);
  if (!column.comment.empty()) record.emplace_back("comment", column.comment);
  return record;
}

namespace {

// A bare literal, without cast, arithmetic or function, of the family that ADD COLUMN takes for a column of this one:
// numbers for numbers, text for VARCHAR, TRUE and FALSE for BOOLEAN, NULL for all; dates and the rest take NULL alone.
bool is_literal_of(std::string_view text, std::string_view family) {
  auto tokens = sql::tokenize(text);
  if (!tokens) return false;
  std::erase_if(*tokens, [](const sql::Token& token) { return token.type == sql::TokenType::Comment; });
  const bool is_signed = tokens->size() == 2 && (tokens->front().in(text) == "-" || tokens->front().in(text) == "+");
  if (tokens->empty() || tokens->size() != (is_signed ? 2 : 1)) return false;
  const std::string_view word = tokens->back().in(text);
  switch (tokens->back().type) {
    case sql::TokenType::Number:
      return family == "NUMBER" || family == "FLOAT" || family == "DECFLOAT";
    case sql::TokenType::String:
      return !is_signed && family == "VARCHAR";
    case sql::TokenType::Word:
      if (is_signed) return false;
      return iequals(word, "NULL") || (family == "BOOLEAN" && (iequals(word, "TRUE") || iequals(word, "FALSE")));
    case sql::TokenType::QuotedName:
    case sql::TokenType::Symbol:
    case sql::TokenType::Comment:
      return false;
  }
  broken_promise("every token type is named", __FILE__, __LINE__);
}

std::vector<std::string> texts_of(const std::optional<std::vector<SqlText>>& keys) {
  std::vector<std::string> all;
  if (keys)
    std::transform(keys->begin(), keys->end(), std::back_inserter(all), [](const SqlText& key) { return key.text; });
  return all;
}

struct ClusteringChange {
  Value before, after;
  std::string statement;
};

// The key is set, whatever it was.
ClusteringChange clustering_anew(const Object& desired, const Object& live) {
  const auto shown = [](const std::vector<std::string>& keys) {
    return keys.empty() ? Value() : Value(join(keys, ", "));
  };
  const auto wanted = texts_of(desired.cluster_by);
  return ClusteringChange{
      shown(texts_of(live.cluster_by)), shown(wanted),
      wanted.empty() ? kinds::drop_cluster_by(desired.id) : kinds::set_cluster_by(desired.id, *desired.cluster_by)};
}

std::optional<ClusteringChange> clustering_change(const LedgerEntry* entry, const Object& desired, const Object& live) {
  if (desired.ignore_changes.count("cluster_by") > 0) return std::nullopt;
  const auto wanted = texts_of(desired.cluster_by);
  const auto now = texts_of(live.cluster_by);
  if (std::equal(wanted.begin(), wanted.end(), now.begin(), now.end(), sql::same_cluster_key)) return std::nullopt;
  const auto never = [](std::string_view, std::string_view) { return false; };
  if (!wanted.empty() && same_text(entry, "cluster_by", join(wanted, ", "), join(now, ", "), never))
    return std::nullopt;
  return clustering_anew(desired, live);
}

// The statements of one table's update fall into stages that must follow each other: keys, clustering and virtual
// columns let go of columns first, columns change, and then they take hold again. A column cannot even be renamed while
// the table is clustered by it (table entry, column.name).
enum Stage { kUncluster, kRename, kRelease, kDropVirtual, kAdd, kAlter, kAddVirtual, kDrop, kHold, kStages };

class TableUpdate {
 public:
  TableUpdate(const Sides& sides, const Object& desired, const Object& live, Change& change, DiffResult& result)
      : sides_(sides),
        desired_(desired),
        live_(with_renamed_columns(desired, live)),
        change_(change),
        result_(result),
        entry_(sides.entry(desired.id)) {}

  void run() {
    columns();
    constraints();
    checks();
    clustering();
    search_optimization();
    const std::string role = sides_.mesh().deploy_role(desired_.domain);
    std::vector<Statement> properties = std::move(change_.statements);
    change_.statements.clear();
    for (auto& stage : stages_) {
      for (auto& sql : stage) add_statement(change_, Act::Alter, std::move(sql), role);
    }
    change_.statements.insert(change_.statements.end(), properties.begin(), properties.end());
  }

 private:
  const ObjectId& id() const { return desired_.id; }
  bool ignored(const Name& column) const {
    return desired_.ignore_changes.count("columns") > 0 ||
           desired_.ignore_changes.count("columns." + column.stored()) > 0;
  }
  void line(std::string property, Value before, Value after, std::string cost = {}) {
    change_.diff.push_back({std::move(property), std::move(before), std::move(after), std::move(cost)});
  }
  void raise(Risk risk) { change_.risk = std::max(change_.risk, risk); }

  void refuse(const Column& column, std::string what, std::string ways_out) {
    Refusal refusal;
    refusal.address = "column " + id().name.child(column.name).display();
    refusal.code = "MESH2002";
    refusal.message = fmt::format("{}: {}", refusal.address, what);
    refusal.ways_out = std::move(ways_out);
    refusal.place = column.place.known() ? column.place : desired_.place;
    result_.refused.push_back(std::move(refusal));
  }
  std::string rebuild_way(const Column& column) const {
    return fmt::format(
        "keep the live definition in the manifest; or add a column beside it (for example {}_NEW), fill it with "
        "UPDATE, move its readers, and "
        "give up the old one with {}",
        column.name.stored(), tombstone_text(sides_.mesh(), id(), &column.name));
  }

  const Column* find(const std::vector<Column>& columns, const Name& name) const {
    const auto it = std::find_if(columns.begin(), columns.end(), [&](const Column& c) { return c.name == name; });
    return it == columns.end() ? nullptr : &*it;
  }

  void columns() {
    std::set<Name> taken;
    for (const auto& column : desired_.columns) {
      const Column* now = find(live_.columns, column.name);
      if (now == nullptr && column.renamed_from) {
        now = find(live_.columns, *column.renamed_from);
        if (now != nullptr) rename(column, *now);
      }
      if (now != nullptr) {
        taken.insert(now->name);
        if (!ignored(column.name)) alter(column, *now);
      } else if (!ignored(column.name)) {
        add(column);
      }
    }
    for (const auto* column : in_order_of_dropping(live_.columns)) {
      if (taken.count(column->name) == 0 && !ignored(column->name)) drop(*column);
    }
  }

  void rename(const Column& column, const Column& now) {
    line("columns." + now.name.stored() + ".name", Value(now.name.display()), Value(column.name.display()));
    stages_[kRename].push_back(kinds::rename_column(id(), now.name, column.name));
    raise(Risk::Disruptive);
  }

  // ADD COLUMN takes only a bare literal as default, and NOT NULL without one only while the table is empty (table
  // entry, column.default).
  void add(const Column& column) {
    line("columns." + column.name.stored(), Value(), column_record(column));
    if (column.virtual_as) {
      stages_[kAddVirtual].push_back(kinds::add_column(id(), column, attachments_of(sides_.desired().state, id())));
      return;
    }
    if (column.default_value && !is_literal_of(column.default_value->text, column.type.family())) {
      refuse(column,
             fmt::format("a column can only be added with a plain literal of its own type as default, which {} is not "
                         "for {}",
                         column.default_value->text, column.type.to_string()),
             "give it such a literal or no default, and fill it with UPDATE; or make a new table and move the rows");
      return;
    }
    const bool has_rows = live_.live.rows.value_or(1) > 0;
    if (column.identity && has_rows) {
      refuse(column, "an identity column cannot be added to a table that has rows",
             "add the column without identity and fill it; or make a new table and move the rows");
      return;
    }
    if (!column.nullable && !column.default_value && !column.identity && has_rows) {
      refuse(column, "a NOT NULL column without a default cannot be added to a table that has rows",
             "give it a literal default; or add it as nullable, fill it with UPDATE, and state nullable: false "
             "afterwards");
      return;
    }
    stages_[kAdd].push_back(kinds::add_column(id(), column, attachments_of(sides_.desired().state, id())));
  }

  void alter(const Column& column, const Column& now) {
    const std::string prefix = "columns." + column.name.stored();
    const bool untold = kinds::of(id().kind).columns_computed && !now.virtual_as;
    if (untold || column.virtual_as || now.virtual_as) {
      if (!untold) expression(column, now);
    } else {
      type(column, now);
      nullability(column, now);
      default_value(column, now);
    }
    // One that is not stated is left alone: DEFAULT_DDL_COLLATION of table, schema, database or account gives columns
    // theirs when they are made (table entry), and no ALTER takes it away.
    if (!column.collate.empty() && column.collate != now.collate) {
      line(prefix + ".collate", text_or_null(now.collate), text_or_null(column.collate));
      refuse(column, "the collation of a column cannot be changed", rebuild_way(column));
    }
    if (column.comment != now.comment) {
      line(prefix + ".comment", text_or_null(now.comment), text_or_null(column.comment));
      stages_[kAlter].push_back(kinds::set_column_comment(id(), column.name, column.comment));
    }
  }

  // ALTER COLUMN speaks neither of the expression nor of the type of a virtual column (table entry; virtual-columns).
  void expression(const Column& column, const Column& now) {
    const std::string prefix = "columns." + column.name.stored();
    const auto text = [](const Column& c) { return c.virtual_as ? Value(c.virtual_as->text) : Value(); };
    if (!column.virtual_as || !now.virtual_as) {
      line(prefix + ".as", text(now), text(column));
      refuse(column,
             column.virtual_as ? "an ordinary column cannot become a virtual one"
                               : "a virtual column cannot become an ordinary one",
             rebuild_way(column));
      return;
    }
    const std::string way = fmt::format(
        "keep the live definition in the manifest; or add the new one under another name (for example {}_NEW), move "
        "its readers, and give up the old one, which holds no data, with {}",
        column.name.stored(), tombstone_text(sides_.mesh(), id(), &column.name));
    if (!same_text(entry_, prefix + ".as", column.virtual_as->text, now.virtual_as->text, sql::same_computed)) {
      line(prefix + ".as", text(now), text(column));
      refuse(column,
             fmt::format("the expression of a virtual column cannot be altered ({} to {})", now.virtual_as->text,
                         column.virtual_as->text),
             way);
    }
    if (column.type != now.type && type_change(now.type, column.type).how != TypeChange::None) {
      line(prefix + ".type", Value(now.type.to_string()), Value(column.type.to_string()));
      refuse(column,
             fmt::format("the type of a virtual column cannot be altered ({} to {})", now.type.to_string(),
                         column.type.to_string()),
             way);
    }
  }

  void type(const Column& column, const Column& now) {
    if (column.type == now.type) return;
    const auto answer = type_change(now.type, column.type);
    if (answer.how == TypeChange::None) return;
    line("columns." + column.name.stored() + ".type", Value(now.type.to_string()), Value(column.type.to_string()));
    if (answer.how == TypeChange::Refused) {
      refuse(column, answer.reason, rebuild_way(column));
      return;
    }
    if (answer.how == TypeChange::InPlaceMayFail) {
      change_.diff.back().cost = answer.reason;
      raise(Risk::Disruptive);
    }
    stages_[kAlter].push_back(kinds::set_column_type(id(), column));
  }

  void nullability(const Column& column, const Column& now) {
    if (column.nullable == now.nullable) return;
    // With schema evolution on, loading may have dropped NOT NULL: legitimate.
    const Value* evolves = live_.find("enable_schema_evolution");
    if (now.nullable && evolves != nullptr && *evolves == Value(true)) return;
    line("columns." + column.name.stored() + ".nullable", Value(now.nullable), Value(column.nullable));
    if (!column.nullable) change_.diff.back().cost = "fails where NULLs are stored";
    // A primary key is let go before its column may be NULL again, and NOT NULL comes before a key takes hold.
    stages_[kAlter].push_back(kinds::set_column_nullable(id(), column.name, column.nullable));
  }

  static bool is_sequence(const SqlText& text) {
    const std::string normal = sql::normal_form(text.text);
    return normal.size() > 8 && normal.substr(normal.size() - 8) == ".NEXTVAL";
  }

  void default_value(const Column& column, const Column& now) {
    const std::string prefix = "columns." + column.name.stored();
    if (column.identity || now.identity) {
      const bool same = column.identity && now.identity && column.identity->start == now.identity->start &&
                        column.identity->increment == now.identity->increment;
      if (same) return;
      const auto show = [](const std::optional<Identity>& i) {
        return i ? Value(fmt::format("IDENTITY({}, {})", i->start, i->increment)) : Value();
      };
      line(prefix + ".identity", show(now.identity), show(column.identity));
      refuse(column, "the identity of a column cannot be added, changed or taken away", rebuild_way(column));
      return;
    }
    const std::string wanted = column.default_value ? column.default_value->text : "NULL";
    const std::string live = now.default_value ? now.default_value->text : "NULL";
    if (same_text(entry_, prefix + ".default", wanted, live, sql::same_default)) return;
    line(prefix + ".default", now.default_value ? Value(live) : Value(),
         column.default_value ? Value(wanted) : Value());
    if (!column.default_value) {
      stages_[kAlter].push_back(kinds::drop_column_default(id(), column.name));
    } else if (now.default_value && is_sequence(*now.default_value) && is_sequence(*column.default_value)) {
      stages_[kAlter].push_back(kinds::set_column_default(id(), column.name, *column.default_value));
    } else {
      refuse(column,
             fmt::format("a default cannot be added or changed ({} to {}): Snowflake only drops one, or exchanges one "
                         "sequence for another",
                         live, wanted),
             rebuild_way(column));
    }
  }

  void drop(const Column& column) {
    // Columns that schema evolution added are left alone.
    const Value* evolves = live_.find("enable_schema_evolution");
    if (evolves != nullptr && *evolves == Value(true) && consent_for(sides_, id(), &column.name) != Consent::Given)
      return;
    const bool computed = column.virtual_as.has_value();
    line("columns." + column.name.stored(), column_record(column), Value(),
         computed ? "computed: holds no data" : with_row_count("loses data", live_.live.rows));
    stages_[computed ? kDropVirtual : kDrop].push_back(kinds::drop_column(id(), column.name));
    raise(computed ? Risk::Disruptive : Risk::Destructive);
    if (consent_for(sides_, id(), &column.name) != Consent::Given) {
      result_.refused.push_back(refuse_loss(sides_, id(), &column.name,
                                            computed ? "would be dropped" : "would be dropped with its data",
                                            desired_.place));
    }
  }

  static std::string property_of(const Constraint& constraint) {
    switch (constraint.type) {
      case ConstraintType::PrimaryKey:
        return "primary_key";
      case ConstraintType::Unique:
        return "unique";
      case ConstraintType::ForeignKey:
        return "foreign_keys";
    }
    broken_promise("every constraint type is named", __FILE__, __LINE__);
  }
  static ValueList shown_columns(const Constraint& constraint) {
    ValueList columns;
    for (const auto& name : constraint.columns) columns.emplace_back(name.display());
    return columns;
  }
  // As the manifest writes it: the columns alone, or a map where it has a name or RELY.
  static Value show(const Constraint& constraint) {
    ValueRecord record{{"columns", shown_columns(constraint)}};
    if (constraint.type == ConstraintType::ForeignKey) record.emplace_back("references", shown_references(constraint));
    if (constraint.name) record.emplace_back("name", constraint.name->display());
    if (constraint.rely.value_or(false)) record.emplace_back("rely", true);
    return record.size() == 1 ? record.front().second : Value(record);
  }
  static Value shown_references(const Constraint& constraint) {
    std::string references = constraint.references.display();
    for (size_t i = 0; i < constraint.references_columns.size(); ++i) {
      references += (i == 0 ? "(" : ", ") + constraint.references_columns[i].display();
    }
    if (!constraint.references_columns.empty()) references += ")";
    return references;
  }

  // A foreign key without columns means the primary key of the table it names.
  static bool same(const Constraint& desired, const Constraint& live) {
    if (desired.type != ConstraintType::ForeignKey || !desired.references_columns.empty()) return desired == live;
    return live.type == desired.type && live.columns == desired.columns && live.references == desired.references;
  }

  void constraints() {
    if (desired_.ignore_changes.count("constraints") > 0) return;
    const auto has = [](const std::vector<Constraint>& all, const auto& matches) {
      return std::any_of(all.begin(), all.end(), matches);
    };
    for (const auto& now : live_.constraints) {
      if (has(desired_.constraints, [&](const Constraint& d) { return same(d, now); })) continue;
      line(property_of(now), show(now), Value());
      stages_[kRelease].push_back(kinds::drop_constraint(id(), now));
    }
    for (const auto& wanted : desired_.constraints) {
      const auto now = std::find_if(live_.constraints.begin(), live_.constraints.end(),
                                    [&](const Constraint& l) { return same(wanted, l); });
      if (now != live_.constraints.end()) {
        alter(wanted, *now);
        continue;
      }
      line(property_of(wanted), Value(), show(wanted));
      stages_[kHold].push_back(kinds::add_constraint(id(), wanted));
    }
  }

  // A name that is not stated is left alone, RELY goes back to Snowflake's default.
  void alter(const Constraint& wanted, const Constraint& now) {
    const auto prefix = fmt::format("{}({})", property_of(wanted), to_display(shown_columns(wanted)));
    std::string name = now.stored_name;
    if (wanted.name && wanted.name->stored() != name) {
      line(prefix + ".name", Value(Name::exact(name).display()), Value(wanted.name->display()));
      stages_[kHold].push_back(kinds::rename_constraint(id(), name, *wanted.name));
      name = wanted.name->stored();
    }
    if (now.rely && *now.rely != wanted.rely.value_or(false)) {
      line(prefix + ".rely", Value(*now.rely), Value(!*now.rely));
      stages_[kHold].push_back(kinds::set_constraint_rely(id(), name, !*now.rely));
    }
  }

  bool same_condition(const Check& wanted, const Check& now) const {
    return same_text(entry_, "check." + wanted.name.stored(), wanted.condition.text, now.condition.text,
                     sql::same_computed);
  }

  // A condition cannot be altered, so that it is the constraint: one with another name is renamed, one with another
  // condition is dropped and made anew.
  void checks() {
    if (!live_.checks || desired_.ignore_changes.count("constraints") > 0) return;
    // Without `check:` only those that mesh knows of are taken away: others are read or not as other tables are.
    const bool were_stated = entry_ != nullptr && entry_->attached.count(kTableChecks) > 0;
    if (!desired_.checks && !were_stated) return;
    const std::vector<Check> none;
    const auto& wanted = desired_.checks ? *desired_.checks : none;
    std::vector<const Check*> left;
    for (const auto& check : *live_.checks) left.push_back(&check);
    std::vector<const Check*> missing;
    for (const auto& check : wanted) {
      // Of several with one condition the one of that name.
      auto now = std::find_if(left.begin(), left.end(),
                              [&](const Check* l) { return l->name == check.name && same_condition(check, *l); });
      if (now != left.end()) {
        left.erase(now);
      } else {
        missing.push_back(&check);
      }
    }
    for (const auto* check : missing) keep_or_add(*check, wanted, left);
    for (const auto* now : left) {
      line("check." + now->name.stored(), Value(now->condition.text), Value());
      stages_[kRelease].push_back(kinds::drop_constraint(id(), now->name));
    }
  }

  void keep_or_add(const Check& check, const std::vector<Check>& wanted, std::vector<const Check*>& left) {
    const auto is_declared = [&](const Name& name) {
      return std::any_of(wanted.begin(), wanted.end(), [&](const Check& other) { return other.name == name; });
    };
    const auto now = std::find_if(left.begin(), left.end(),
                                  [&](const Check* l) { return !is_declared(l->name) && same_condition(check, *l); });
    if (now != left.end()) {
      line("check." + check.name.stored() + ".name", Value((*now)->name.display()), Value(check.name.display()));
      stages_[kHold].push_back(kinds::rename_constraint(id(), (*now)->name.stored(), check.name));
      left.erase(now);
      return;
    }
    const auto old = std::find_if(left.begin(), left.end(), [&](const Check* l) { return l->name == check.name; });
    const bool replaces = old != left.end();
    line("check." + check.name.stored(), replaces ? Value((*old)->condition.text) : Value(),
         Value(check.condition.text),
         live_.live.rows.value_or(1) > 0 ? "rows that are there already are not checked" : "");
    if (replaces) {
      stages_[kRelease].push_back(kinds::drop_constraint(id(), check.name));
      left.erase(old);
    }
    stages_[kHold].push_back(kinds::add_check(id(), check));
  }

  void search_optimization() {
    if (desired_.ignore_changes.count("search_optimization") > 0) return;
    const auto search = search_change(desired_, live_);
    if (!search) return;
    line("search_optimization", search->before, search->after);
    if (search->drop_all) stages_[kRelease].push_back(kinds::drop_search_optimization(id(), {}));
    if (!search->drop.empty()) stages_[kRelease].push_back(kinds::drop_search_optimization(id(), search->drop));
    if (!search->add_all && search->add.empty()) return;
    raise(Risk::Expensive);
    stages_[kHold].push_back(kinds::add_search_optimization(id(), search->add));
  }

  void clustering() {
    auto wanted = clustering_change(entry_, desired_, live_);
    const bool lets_go = is_clustered_by_what_changes();
    if (lets_go && !wanted) wanted = clustering_anew(desired_, live_);
    if (!wanted) return;
    line("cluster_by", wanted->before, wanted->after);
    if (!wanted->after.is_null()) raise(Risk::Expensive);
    if (lets_go) stages_[kUncluster].push_back(kinds::drop_cluster_by(id()));
    if (!wanted->after.is_null()) stages_[kHold].push_back(wanted->statement);
    if (wanted->after.is_null() && !lets_go) stages_[kRelease].push_back(wanted->statement);
  }

  // By a column that is renamed or dropped.
  bool is_clustered_by_what_changes() const {
    if (desired_.ignore_changes.count("cluster_by") > 0 || !live_.cluster_by) return false;
    std::set<Name> changed;
    for (const auto& [from, to] : renames(desired_, live_)) changed.insert(from);
    for (const auto& column : live_.columns) {
      if (find(desired_.columns, column.name) == nullptr && !ignored(column.name)) changed.insert(column.name);
    }
    for (const auto& key : *live_.cluster_by) {
      const auto mentions = sql::mentioned_columns(key.text);
      if (std::any_of(mentions.begin(), mentions.end(), [&](const auto& each) { return changed.count(each.name) > 0; }))
        return true;
    }
    return false;
  }

  const Sides& sides_;
  const Object& desired_;
  const Object live_;
  Change& change_;
  DiffResult& result_;
  const LedgerEntry* entry_;
  std::vector<std::string> stages_[kStages];
};

}  // namespace

void diff_clustering(const Sides& sides, const Object& desired, const Object& live, Change& change) {
  if (desired.structure_is_foreign()) return;
  const auto wanted = clustering_change(sides.entry(desired.id), desired, live);
  if (!wanted) return;
  change.diff.push_back({"cluster_by", wanted->before, wanted->after, {}});
  if (!wanted->after.is_null()) change.risk = std::max(change.risk, Risk::Expensive);
  add_statement(change, Act::Alter, wanted->statement, sides.mesh().deploy_role(desired.domain));
}

void diff_table(const Sides& sides, const Object& desired, const Object& live, Change& change, DiffResult& result) {
  TableUpdate(sides, desired, live, change, result).run();
}

}  // namespace mesh::diff_parts
