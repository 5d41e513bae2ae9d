// The contract of a port that names none: what the manifests say of its objects.
#include <algorithm>

#include "products.hpp"

namespace mesh::manifest {
namespace {

std::string text_of(const Object& object, std::string_view property) {
  const Value* value = object.find(property);
  return value == nullptr || value->text() == nullptr ? std::string() : *value->text();
}

class Deriver {
 public:
  Deriver(const State& state, const Object& object) : state_(state), object_(object) {}

  ContractObject derive() {
    ContractObject made;
    made.name = object_.id.name;
    made.kind = kind_words(object_.id.kind);
    made.description = text_of(object_, "comment");
    made.place = object_.place;
    // What a query gives is not written down where its columns are not: nothing but Snowflake knows.
    made.columns_known = object_.columns_stated;
    for (const auto& column : object_.columns) made.columns.push_back(derive(column));
    if (const SqlText* query = object_.text("query")) made.body = query->text;
    made.target_lag = text_of(object_, "target_lag");
    made.refresh_mode = text_of(object_, "refresh_mode");
    keys(made);
    attachments(made);
    return made;
  }

 private:
  static ContractColumn derive(const Column& column) {
    ContractColumn made;
    made.name = column.name;
    if (!column.type.to_string().empty()) made.type = column.type;
    made.required = !column.nullable;
    made.description = column.comment;
    if (column.default_value) made.default_value = column.default_value->text;
    made.place = column.place;
    return made;
  }

  static ContractColumn* find(ContractObject& object, const Name& name) {
    const auto it = std::find_if(object.columns.begin(), object.columns.end(),
                                 [&](const ContractColumn& column) { return column.name == name; });
    return it == object.columns.end() ? nullptr : &*it;
  }

  void keys(ContractObject& made) const {
    for (const auto& constraint : object_.constraints) {
      for (size_t i = 0; i < constraint.columns.size(); ++i) {
        auto* column = find(made, constraint.columns[i]);
        if (column == nullptr) continue;
        if (constraint.type == ConstraintType::PrimaryKey) column->key_position = static_cast<int>(i) + 1;
        if (constraint.type == ConstraintType::Unique && constraint.columns.size() == 1) column->unique = true;
        if (constraint.type == ConstraintType::ForeignKey) {
          column->references = constraint.references.display();
          if (i < constraint.references_columns.size())
            column->references += "." + constraint.references_columns[i].display();
        }
      }
    }
  }

  void attachments(ContractObject& made) const {
    const AttachmentKey first{{object_.id, std::nullopt}, {}, {}};
    for (auto it = state_.attachments.lower_bound(first);
         it != state_.attachments.end() && it->first.bearer.object == object_.id; ++it) {
      const auto& [key, attachment] = *it;
      auto* column = key.bearer.column ? find(made, *key.bearer.column) : nullptr;
      const auto policy = attachment.name.display();
      if (key.kind == KindId::RowAccessPolicy && !key.bearer.column) made.row_access = policy;
      if (key.kind == KindId::MaskingPolicy && column != nullptr) column->masking = policy;
      if (key.kind == KindId::Tag && column != nullptr)
        column->tags.push_back(attachment.name.display() + "=" + attachment.value);
    }
  }

  const State& state_;
  const Object& object_;
};

}  // namespace

Contract derived_contract(const State& state, const Product& product, const Port& port) {
  Contract contract;
  contract.id = product.domain + "/" + product.name + "/" + port.name;
  contract.name = port.name;
  contract.version = product.version.display();
  contract.status = to_string(product.status);
  contract.domain = product.domain;
  contract.product = product.name;
  contract.description = port.description.empty() ? product.description : port.description;
  contract.place = port.place;
  for (const auto& object : port.objects) {
    if (const Object* declared = state.find(object.id)) contract.objects.push_back(Deriver(state, *declared).derive());
  }
  return contract;
}

}  // namespace mesh::manifest
