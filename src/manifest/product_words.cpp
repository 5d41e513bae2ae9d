// What a product says of its ports' objects beyond their shape: its contacts become theirs, and of contracts the
// descriptions become comments, classification and tags the tags that mesh.yaml names (mesh.md 1.4, 2.1). What the
// manifests say counts before it.
#include <algorithm>

#include <fmt/format.h>

#include "mesh/base/text.hpp"
#include "mesh/kinds/contacts.hpp"
#include "odcs.hpp"
#include "references.hpp"

namespace mesh::manifest {
namespace {

class Words {
 public:
  explicit Words(Build& build) : build_(build) {}

  void run() {
    for (const auto& [key, product] : build_.products.all) {
      for (const auto& [name, port] : product.ports) of(product, port);
    }
  }

 private:
  void of(const Product& product, const Port& port) {
    for (const auto& published : port.objects) {
      const auto declared = build_.state.objects.find(published.id);
      if (declared == build_.state.objects.end() || declared->second.domain != product.domain) continue;
      contacts(product.contacts, declared->second);
      if (port.contract_file.empty()) continue;
      for (const auto& object : port.contract.objects) {
        if (means(object.name, published.id.name)) of(object, declared->second);
      }
    }
  }

  void of(const ContractObject& said, Object& object) {
    const bool has_comments = kinds::find_property(kinds::of(object.id.kind), "comment") != nullptr;
    if (has_comments && object.find("comment") == nullptr && !said.description.empty() && may(object, "comment")) {
      object.properties["comment"] = {Value(said.description), said.place};
      build_.products.described.emplace(Bearer{object.id, std::nullopt}, said.place);
    }
    tags(said.tags, {object.id, std::nullopt}, object, said.place);
    for (auto& column : object.columns) {
      const auto found = std::find_if(said.columns.begin(), said.columns.end(),
                                      [&](const auto& each) { return means(each.name, column.name); });
      if (found != said.columns.end()) of(*found, column, object);
    }
  }

  void of(const ContractColumn& said, Column& column, const Object& object) {
    const Bearer bearer{object.id, column.name};
    // Of what another tool builds mesh knows no columns but those that are tagged or masked.
    if (column.comment.empty() && !said.description.empty() && !object.structure_is_foreign()) {
      column.comment = said.description;
      build_.products.described.emplace(bearer, said.place);
    }
    tags(said.tags, bearer, object, said.place);
    classification(said, bearer, object);
  }

  void contacts(const std::vector<Attachment>& said, const Object& object) {
    if (!kinds::can_have_contacts(object.id.kind) || !may(object, "contacts")) return;
    for (auto made : said) {
      made.key.bearer = {object.id, std::nullopt};
      made.domain = object.domain;
      build_.state.attachments.try_emplace(made.key, made);
    }
  }

  static bool may(const Object& object, const std::string& part) {
    return !object.structure_is_foreign() || object.manage.count(part) > 0;
  }

  // "pii:email" and "pii=email"; other words stay the catalogue's.
  void tags(const std::vector<std::string>& said, const Bearer& bearer, const Object& object, Place place) {
    for (const auto& text : said) {
      const auto at = text.find_first_of(":=");
      const auto tag = build_.mesh.contracts.tags.find(text.substr(0, at));
      if (at == std::string::npos || tag == build_.mesh.contracts.tags.end()) continue;
      attach(tag->second, std::string(trim(std::string_view(text).substr(at + 1))), bearer, object, place);
    }
  }

  void classification(const ContractColumn& said, const Bearer& bearer, const Object& object) {
    const auto& words = build_.mesh.contracts;
    if (!words.classification || said.classification.empty()) return;
    const auto value = words.values.find(said.classification);
    if (value != words.values.end()) return attach(*words.classification, value->second, bearer, object, said.place);
    if (words.values.empty()) return attach(*words.classification, said.classification, bearer, object, said.place);
    std::vector<std::string> known;
    for (const auto& [word, tag] : words.values) known.push_back(word);
    build_.diagnostics.error("MESH1523", said.place,
                             fmt::format("mesh.yaml does not say what the classification '{}' of {} is",
                                         said.classification, said.name.display()),
                             did_you_mean(said.classification, known, fmt::format("it knows: {}", join(known, ", "))));
  }

  void attach(const QualifiedName& tag, std::string value, const Bearer& bearer, const Object& object, Place place) {
    if (!may(object, "tags")) return;
    Attachment made;
    made.key = {bearer, KindId::Tag, tag};
    made.name = tag;
    made.value = std::move(value);
    made.domain = object.domain;
    made.place = place;
    build_.state.attachments.try_emplace(made.key, made);
  }

  Build& build_;
};

}  // namespace

void take_words_of_products(Build& build) { Words(build).run(); }

}  // namespace mesh::manifest
