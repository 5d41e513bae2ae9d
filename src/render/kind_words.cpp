#include "kind_words.hpp"

#include <fmt/format.h>

#include "mesh/base/text.hpp"

namespace mesh::render {

using kinds::Absent;
using kinds::ChangeBy;
using kinds::PropertyRow;
using kinds::ValueType;

std::string definition_name(const kinds::Kind& kind) { return replace_all(std::string(kind.words), " ", "_"); }

std::string absent_words(const PropertyRow& row) {
  const bool has_own_words = row.absent == Absent::Reset && row.default_for != nullptr && row.default_value.empty() &&
                             row.default_list.empty();
  if (row.change == ChangeBy::CreateOnly || row.in_key || has_own_words) return {};
  switch (row.absent) {
    case Absent::Reset:
      if (!row.default_list.empty()) {
        return fmt::format("Where it is not written: {}.",
                           join({row.default_list.begin(), row.default_list.end()}, ", "));
      }
      return row.default_value.empty() ? "Where it is not written: unset."
                                       : fmt::format("Where it is not written: {}.", row.default_value);
    case Absent::NotSetHere:
      return "Where it is not written: not set here, but inherited.";
    case Absent::Leave:
      return "Where it is not written: left as it is.";
  }
  broken_promise("every meaning of absent has words", __FILE__, __LINE__);
}

namespace {

// What a value with parts may be; its own fields by name, down to the last.
std::string field_words(const kinds::Field& field) {
  std::vector<std::string> names;
  for (const auto& part : field.fields) names.emplace_back(part.name);
  const auto fields = names.empty() ? std::string("map") : "{" + join(names, ", ") + "}";
  return field.type == kinds::FieldType::List ? "list of " + fields : fields;
}

}  // namespace

std::string type_words(const PropertyRow& row) {
  switch (row.type) {
    case ValueType::Text:
      return row.values.empty() ? "text" : "text, or " + join({row.values.begin(), row.values.end()}, " or ");
    case ValueType::Texts:
      return row.entry_keys.empty() ? "list of texts"
                                    : "list of {" + join({row.entry_keys.begin(), row.entry_keys.end()}, ", ") + "}";
    case ValueType::Names:
      return "list of names";
    case ValueType::ObjectNames:
      return "list of names of objects, DB.SCHEMA.NAME";
    case ValueType::ForeignNames:
      return "list of names in other accounts, ORGANIZATION.ACCOUNT";
    case ValueType::ForeignName:
      return "name in another account, ORGANIZATION.ACCOUNT.NAME";
    case ValueType::Identifier:
      return "name";
    case ValueType::ObjectName:
      return "name of an object, DB.SCHEMA.NAME";
    case ValueType::Nested:
      return field_words(*row.form);
    case ValueType::Arguments:
      return "map of names to types";
    case ValueType::DataType:
      return "type";
    case ValueType::Address: {
      std::vector<std::string> words;
      for (const auto kind : row.may_name) words.emplace_back(kind_words(kind));
      return fmt::format("kind and name of an object, {} DB.SCHEMA.NAME", join(words, " or "));
    }
    case ValueType::StagePath:
      return "stage and path, '@DB.SCHEMA.STAGE/path/'";
    case ValueType::Boolean:
      return "true or false";
    case ValueType::Integer:
      return row.min == 0 && row.max == 0 ? "integer" : fmt::format("integer, {} to {}", row.min, row.max);
    case ValueType::OneOf: {
      std::vector<std::string> words(row.values.begin(), row.values.end());
      return "one of " + join(words, ", ");
    }
  }
  broken_promise("every value type has words", __FILE__, __LINE__);
}

std::string change_words(const PropertyRow& row) {
  if (row.stays_there) return "altered in place, but neither gained nor lost";
  if (row.never_emptied) return "altered in place, but never taken away";
  if (!row.only_from_creation.empty()) return fmt::format("altered in place, but never to {}", row.only_from_creation);
  switch (row.change) {
    case ChangeBy::SetOrUnset:
    case ChangeBy::Set:
    case ChangeBy::Flag:
    case ChangeBy::Words:
    case ChangeBy::Triggers:
    case ChangeBy::Slots:
    case ChangeBy::Resume:
    case ChangeBy::AddRemove:
    case ChangeBy::After:
    case ChangeBy::CommentOn:
    case ChangeBy::ManagedAccess:
    case ChangeBy::Publish:
      return "altered in place";
    case ChangeBy::Document:
      return "altered in place, with all of the document";
    case ChangeBy::Phrase:
      return "altered in place";
    case ChangeBy::Replace:
      return "a change replaces it, with COPY GRANTS";
    case ChangeBy::CreateOnly:
      return row.in_create ? "used at creation only" : "used where it is needed, never compared";
    case ChangeBy::Immutable:
      return "cannot be changed: a difference is refused";
  }
  broken_promise("every way to change has words", __FILE__, __LINE__);
}

const kinds::Kind* kind_named(std::string_view name) {
  const auto spelt = replace_all(to_lower(trim(name)), "_", " ");
  for (const auto* kind : kinds::all()) {
    if (kind->words == spelt || replace_all(std::string(kind->collection), "_", " ") == spelt) return kind;
  }
  return nullptr;
}

}  // namespace mesh::render
