#include "mesh/model/creation.hpp"

namespace mesh {
namespace {

bool is_one_too_many(const State& desired, const Attachment& tag) {
  int before = 0;
  for (auto it = desired.attachments.lower_bound({{tag.key.bearer.object, std::nullopt}, KindId{}, {}});
       it != desired.attachments.end() && it->first < tag.key && before < kTagsOfCreation; ++it) {
    if (it->first.kind == KindId::Tag) ++before;
  }
  return before == kTagsOfCreation;
}

}  // namespace

bool comes_after_creation(const State& desired, const Attachment& attachment) {
  const auto& bearer = attachment.key.bearer.object;
  if (!protects(attachment.key.kind)) return true;
  if (bearer.kind == KindId::Tag) return true;
  if (attachment.key.kind != KindId::Tag) return false;
  if (attachment.key.bearer.column) return is_one_too_many(desired, attachment);
  const bool is_container = bearer.kind == KindId::Database || bearer.kind == KindId::Schema;
  if (is_container) return attachment.name.is_under(bearer.name);
  if (bearer.kind != KindId::Role) return false;
  const auto owns = [&](KindId kind, const QualifiedName& name) {
    const Object* container = desired.find({kind, name});
    return container != nullptr && container->owner == bearer.name.last();
  };
  return owns(KindId::Schema, attachment.name.parent()) ||
         owns(KindId::Database, QualifiedName({attachment.name.first()}));
}

bool lies_in_imported(const State& state, const ObjectId& id) {
  if (id.name.depth() < 2) return false;
  const Object* database = state.find({KindId::Database, QualifiedName({id.name.first()})});
  const Value* share = database == nullptr ? nullptr : database->find("from_share");
  return share != nullptr && share->text() != nullptr && !share->text()->empty();
}

}  // namespace mesh
