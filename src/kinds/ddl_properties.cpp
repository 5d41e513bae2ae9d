#include "ddl_parts.hpp"

#include <algorithm>
#include <map>

#include "mesh/kinds/document.hpp"

namespace mesh::kinds {
namespace {

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

bool is_of(const Object& object, std::string_view property, const char* wanted) {
  const Value* value = object.find(property);
  return value != nullptr && *value == Value(wanted);
}

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

}  // namespace

bool is_of_signature(const PropertyRow& row) {
  return row.type == ValueType::Arguments || row.type == ValueType::DataType;
}

bool is_head_word(const PropertyRow& row) { return row.change == ChangeBy::Flag || row.spelt == Spelt::HeadWord; }

Value value_in_create(const PropertyRow& row, const Object& object) {
  const Value* value = object.find(row.name);
  if (value != nullptr && !value->is_null()) return *value;
  return row.always_in_create ? default_of(row) : Value();
}

void write_properties(Writer& w, const Object& object, bool copy_grants) {
  bool to_copy = copy_grants, is_documented = false;
  Assignments assignments(w);
  for (const auto& row : of(object.id.kind).properties) {
    if (to_copy && row.name == "comment") w.kw("COPY GRANTS"), to_copy = false;
    const Value value = value_in_create(row, object);
    if (value.is_null() || is_of_signature(row)) continue;
    const auto* list = std::get_if<ValueList>(&value.data);
    if (row.bare && list != nullptr && list->empty()) continue;
    const bool is_elsewhere = row.from == ReadFrom::Option || is_head_word(row) || row.spelt == Spelt::HeadValue ||
                              row.name == "kind" || row.name == "transient" || row.name == "column_list";
    // TRANSIENT, SECURE, WITH MANAGED ACCESS, the list of columns stand elsewhere
    if (is_elsewhere || row.in_key || !is_in_create(row, object)) continue;
    if (row.spelt == Spelt::Word) {
      if (value == Value(true)) w.kw(Keyword::of_table(row.clause));
      continue;
    }
    if (row.change == ChangeBy::Words) {
      write_word(w, row, value);
    } else if (row.change == ChangeBy::Triggers) {
      write_triggers(w, value);
    } else if (row.change == ChangeBy::Slots) {
      write_slots(w, row, value);
    } else if (row.change == ChangeBy::Document) {
      if (!is_documented) write_document(w, object);
      is_documented = true;
    } else if (row.change == ChangeBy::Publish) {
      write_publish(w, value, is_of(object, "distribution", "EXTERNAL"));
    } else {
      assignments.add(row, value);
    }
  }
  assignments.close();
  if (to_copy) w.kw("COPY GRANTS");
}

void write_argument(Writer& w, const PropertyRow& row, const Value& value) {
  const bool in_group = !group_of(row).empty();
  if (in_group) w.open_object().key(key_in_group(row));
  row.write != nullptr ? row.write(w, value) : static_cast<void>(w.constant(value));
  if (in_group) w.close_object();
}

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
// One that keeps none of those before it gets the new ones first: without any it would be suspended (alter-task, REMOVE
// AFTER).
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

// The statement of a change that has one of its own; empty: it joins the others in SET and UNSET.
std::string own_statement(const ObjectId& id, const PropertyChange& change) {
  const auto& row = *change.row;
  const bool is_on = change.after == Value(true);
  Writer w = alter(id);
  switch (row.change) {
    case ChangeBy::ManagedAccess:
      return w.kw(is_on ? Keyword("ENABLE MANAGED ACCESS") : Keyword("DISABLE MANAGED ACCESS")).take();
    case ChangeBy::Flag:
      return w.kw(is_on ? Keyword("SET") : Keyword("UNSET")).kw(Keyword::of_table(row.clause)).take();
    case ChangeBy::Words:
      write_word(w.kw("SET"), row, change.after);
      return w.take();
    case ChangeBy::Triggers:
      write_triggers(w, change.after);
      return w.take();
    case ChangeBy::Phrase:
      Assignments(w).add(row, change.after);
      return w.take();
    case ChangeBy::Resume:
      return w.kw(Keyword::of_table(change.after == Value("STARTED") ? row.clause : row.clause_false)).take();
    case ChangeBy::CommentOn: {
      const std::string* text = change.after.text();
      Writer on;
      on.kw("COMMENT ON").kw(Keyword::of_table(of(id.kind).sql)).name(id.name).kw("IS");
      return on.text(text != nullptr ? *text : std::string()).take();
    }
    default:
      return {};
  }
}

void add_sets(const ObjectId& id, const std::vector<PropertyChange>& set, std::vector<std::string>& statements) {
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
    } else if (change.row->change == ChangeBy::AddRemove) {
      add_or_remove(id, change, changes, statements);
    } else if (is_companion(*change.row, changes)) {
      continue;  // stands beside its row
    } else if (auto sql = own_statement(id, change); !sql.empty()) {
      statements.push_back(std::move(sql));
    } else {
      (change.first ? unset_first : change.unset ? unset : set).push_back(change);
    }
  }
  add_unsets(id, unset_first, statements);
  add_ties(id, ties, statements);
  add_sets(id, set, statements);
  add_unsets(id, unset, statements);
  return statements;
}

}  // namespace mesh::kinds
