#include "mesh/kinds/document.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "mesh/base/text.hpp"
#include "mesh/yaml/document.hpp"

namespace mesh::kinds {
namespace {

std::string text_of(const Value& value) {
  if (const auto* flag = std::get_if<bool>(&value.data)) return *flag ? "true" : "false";
  if (const auto* number = std::get_if<int64_t>(&value.data)) return std::to_string(*number);
  return value.text() != nullptr ? *value.text() : std::string();
}

bool is_scalar(const Value& value) {
  return !std::holds_alternative<ValueList>(value.data) && !std::holds_alternative<ValueRecord>(value.data);
}

bool is_name(const Field& field) { return field.type == FieldType::Name || field.type == FieldType::FullName; }

Value* find_key(ValueRecord& record, std::string_view key) {
  for (auto& [name, value] : record) {
    if (name == key) return &value;
  }
  return nullptr;
}

// Where no form says anything, the order of keys means nothing.
Value with_sorted_keys(Value value) {
  if (auto* list = std::get_if<ValueList>(&value.data)) {
    for (auto& each : *list) each = with_sorted_keys(std::move(each));
  } else if (auto* record = std::get_if<ValueRecord>(&value.data)) {
    for (auto& [key, each] : *record) each = with_sorted_keys(std::move(each));
    std::sort(record->begin(), record->end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  }
  return value;
}

Result<Value> scalar_value(const Field& field, const Value& value, bool in_document) {
  if (!is_scalar(value)) return fail("it is no text");
  const std::string text = text_of(value);
  switch (field.type) {
    case FieldType::Integer:
      return std::holds_alternative<int64_t>(value.data) ? Result<Value>(value) : fail("it is no whole number");
    case FieldType::Boolean:
      if (iequals(text, "true") || iequals(text, "false")) return Value(iequals(text, "true"));
      return fail("it is neither true nor false");
    case FieldType::OneOf: {
      const std::string upper = to_upper(text);
      if (std::find(field.values.begin(), field.values.end(), upper) != field.values.end()) return Value(upper);
      return fail(fmt::format("'{}' is none of its values", text));
    }
    case FieldType::Name: {
      const auto name = in_document ? Result<Name>(Name::exact(text)) : Name::parse(text);
      if (!name) return name.failure();
      return Value(name->stored());
    }
    case FieldType::FullName: {
      if (text.empty()) return Value();
      const auto name = QualifiedName::parse(text);
      if (!name) return name.failure();
      return Value(name->display());
    }
    default:
      return text.empty() ? Value() : Value(text);
  }
}

Result<Value> map_value(const Field& field, const Value& value, bool in_document) {
  const auto* record = std::get_if<ValueRecord>(&value.data);
  if (record == nullptr) return fail("it is no map");
  ValueRecord rest = *record, out;
  for (const auto& part : field.fields) {
    const Value* found = find_key(rest, part.name);
    if (found == nullptr) continue;
    auto read = field_value(part, *found, in_document);
    if (!read) return fail(fmt::format("{}: {}", part.name, read.error().message));
    if (!read->is_null()) out.emplace_back(std::string(part.name), std::move(*read));
    std::erase_if(rest, [&](const auto& entry) { return entry.first == part.name; });
  }
  if (in_document || field.fields.empty()) {
    rest = std::get<ValueRecord>(with_sorted_keys(Value(std::move(rest))).data);
    std::move(rest.begin(), rest.end(), std::back_inserter(out));
  }
  Value map(std::move(out));
  const auto why = field.wrong == nullptr ? std::string_view() : field.wrong(map);
  return why.empty() ? Result<Value>(std::move(map)) : fail(std::string(why));
}

void sort_set(ValueList& list) {
  const auto key = [](const Value& value) { return yaml::write_document({{"entry", value}}); };
  std::sort(list.begin(), list.end(), [&](const Value& a, const Value& b) { return key(a) < key(b); });
  list.erase(std::unique(list.begin(), list.end()), list.end());
}

Result<Value> list_value(const Field& field, const Value& value, bool in_document) {
  const bool of_maps = field.type == FieldType::List;
  const auto* list = std::get_if<ValueList>(&value.data);
  if (list == nullptr && of_maps) return fail("it is no list");
  ValueList out;
  for (const auto& each : list != nullptr ? *list : ValueList{value}) {
    if (!of_maps && (!is_scalar(each) || each.is_null())) return fail("it is no list of texts");
    auto entry = of_maps ? map_value(field, each, in_document) : Result<Value>(Value(text_of(each)));
    if (!entry) return entry;
    out.push_back(std::move(*entry));
  }
  if (field.is_set) sort_set(out);
  return of_maps && out.empty() ? Value() : Value(std::move(out));
}

Value scalar_or_texts(const Value& found, const PropertyRow& row, bool& known) {
  Result<Value> value = fail("");
  if (is_list(row.type)) {
    const auto texts = field_value({.type = FieldType::Texts}, found, true);
    std::vector<std::string> list;
    if (texts) {
      for (const auto& each : std::get<ValueList>(texts->data)) list.push_back(*each.text());
      value = canonical(row, list);
    }
  } else if (is_scalar(found)) {
    value = canonical(row, text_of(found));
  }
  known = value.ok();
  return value ? *value : Value();
}

// At the row's place.
void put(ValueRecord& document, const PropertyRow& row, Value value) {
  const std::string group(group_of(row));
  ValueRecord* home = &document;
  if (!group.empty()) {
    if (find_key(document, group) == nullptr) document.emplace_back(group, ValueRecord{});
    home = std::get_if<ValueRecord>(&find_key(document, group)->data);
  }
  home->emplace_back(std::string(key_in_group(row)), std::move(value));
}

// Takes the part out of the document.
std::optional<Value> taken(ValueRecord& document, const PropertyRow& row) {
  const auto group = group_of(row);
  Value* home = group.empty() ? nullptr : find_key(document, group);
  auto* record = group.empty() ? &document : home == nullptr ? nullptr : std::get_if<ValueRecord>(&home->data);
  Value* found = record == nullptr ? nullptr : find_key(*record, key_in_group(row));
  if (found == nullptr) return std::nullopt;
  Value value = std::move(*found);
  std::erase_if(*record, [&](const auto& entry) { return entry.first == key_in_group(row); });
  if (!group.empty() && record->empty())
    std::erase_if(document, [&](const auto& entry) { return entry.first == group; });
  return value;
}

void merge(ValueRecord& document, const ValueRecord& others) {
  for (const auto& [key, value] : others) {
    Value* there = find_key(document, key);
    auto* into = there == nullptr ? nullptr : std::get_if<ValueRecord>(&there->data);
    const auto* from = std::get_if<ValueRecord>(&value.data);
    if (there == nullptr) document.emplace_back(key, value);
    if (into != nullptr && from != nullptr) merge(*into, *from);
  }
}

}  // namespace

bool is_in_document(const Kind& kind) {
  return std::any_of(kind.properties.begin(), kind.properties.end(),
                     [](const PropertyRow& row) { return row.change == ChangeBy::Document; });
}

Result<Value> field_value(const Field& field, const Value& value, bool in_document) {
  if (value.is_null()) return value;
  switch (field.type) {
    case FieldType::Anything:
      return with_sorted_keys(value);
    case FieldType::Map:
      return map_value(field, value, in_document);
    case FieldType::Texts:
    case FieldType::List:
      return list_value(field, value, in_document);
    default:
      return scalar_value(field, value, in_document);
  }
}

Field entry_of(const Field& list) { return {.type = FieldType::Map, .fields = list.fields, .wrong = list.wrong}; }

void rename_in_field(const Field& field, Value& value,
                     const std::function<std::string(const Field&, const std::string&)>& visit) {
  if (auto* list = std::get_if<ValueList>(&value.data)) {
    for (auto& each : *list) rename_in_field(entry_of(field), each, visit);
    if (field.is_set) sort_set(*list);
  } else if (auto* record = std::get_if<ValueRecord>(&value.data)) {
    for (const auto& part : field.fields) {
      if (Value* found = find_key(*record, part.name)) rename_in_field(part, *found, visit);
    }
  } else if (const auto* text = value.text(); text != nullptr && (is_name(field) || field.type == FieldType::Query)) {
    value = Value(visit(field, *text));
  }
}

ObjectId named_by(const Field& field, std::string_view text) {
  return {*field.refers_to, field.type == FieldType::FullName ? QualifiedName::parse(text).value()
                                                              : QualifiedName({Name::exact(std::string(text))})};
}

std::vector<ObjectId> named_in_field(const Field& field, const Value& value) {
  std::vector<ObjectId> named;
  Value copy = value;
  rename_in_field(field, copy, [&](const Field& part, const std::string& text) {
    if (part.refers_to) named.push_back(named_by(part, text));
    return text;
  });
  return named;
}

Result<std::map<std::string, Value>> parts_of_document(const Kind& kind, std::string_view text) {
  auto read = yaml::read_document(text);
  if (!read) return read.failure();
  auto& document = std::get<ValueRecord>(read->data);
  std::map<std::string, Value> parts;
  for (const auto& row : kind.properties) {
    if (row.change != ChangeBy::Document || row.name == kOtherFields) continue;
    const std::string name(row.name);
    const auto found = taken(document, row);
    if (!found || found->is_null()) {
      parts[name] = default_of(row);
    } else if (row.form != nullptr) {  // what the row cannot hold is put back, for nothing is to be lost
      auto value = field_value(*row.form, *found, true);
      value ? void(parts[name] = std::move(*value)) : put(document, row, *found);
    } else {
      bool known = false;
      Value value = scalar_or_texts(*found, row, known);
      known ? void(parts[name] = std::move(value)) : put(document, row, *found);
    }
  }
  if (const auto* others = find_property(kind, kOtherFields))
    parts[std::string(others->name)] = document.empty() ? Value() : with_sorted_keys(Value(document));
  return parts;
}

std::string document_text(const Kind& kind, const std::function<const Value*(const PropertyRow&)>& part) {
  ValueRecord document;
  for (const auto& row : kind.properties) {
    const Value* value = row.change == ChangeBy::Document ? part(row) : nullptr;
    if (value == nullptr || value->is_null()) continue;
    const auto* others = row.name == kOtherFields ? std::get_if<ValueRecord>(&value->data) : nullptr;
    if (others != nullptr) {
      merge(document, *others);
      continue;
    }
    put(document, row, *value);
  }
  std::string text = yaml::write_document(document);
  if (!text.empty()) text.pop_back();  // Writer::body has the last line break
  return text;
}

}  // namespace mesh::kinds
