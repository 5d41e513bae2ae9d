#pragma once
// What the parts of the translator share that read SQL out of the catalogue.

#include <utility>
#include <vector>

#include "query_translate.hpp"

namespace mesh::sandbox::query {

// Swaps in the view's meaning of names while its body is translated.
class Translator::Nested {
 public:
  Nested(Translator& translator, const StoredView& view)
      : translator_(translator),
        session_(*translator.session_),
        before_(translator.session_),
        source_(translator.source_),
        inside_(translator.inside_),
        ctes_(std::move(translator.ctes_)) {
    session_.database = view.database;
    session_.schema = view.schema;
    translator.session_ = &session_;
    translator.source_ = view.query;
    translator.inside_ = &view;
    translator.ctes_.clear();
  }
  ~Nested() {
    translator_.session_ = before_;
    translator_.source_ = source_;
    translator_.inside_ = inside_;
    translator_.ctes_ = std::move(ctes_);
  }
  Nested(const Nested&) = delete;
  Nested& operator=(const Nested&) = delete;

 private:
  Translator& translator_;
  Session session_;
  const Session* before_;
  std::string_view source_;
  const StoredView* inside_;
  std::vector<BoundCte> ctes_;
};

}  // namespace mesh::sandbox::query
