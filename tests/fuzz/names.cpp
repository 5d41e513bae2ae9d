// Identifiers, addresses, grantees and types as people write them and as SHOW prints them: refused, or read to a value
// that prints to a text which reads back as the same value.

#include "fuzz.hpp"
#include "mesh/ident/name.hpp"
#include "mesh/model/data_type.hpp"
#include "mesh/model/grants.hpp"
#include "mesh/model/object.hpp"
#include "mesh/sql/token.hpp"

using namespace mesh;

namespace {

void read_name(const std::string& text) {
  if (const auto name = Name::parse(text)) {
    LAW(*Name::parse(name->display()) == *name, name->display());
    LAW(*Name::parse(name->sql()) == *name, name->sql());
  }
  if (text.empty()) return;
  // What SHOW returns is quoted into just one token.
  const Name exact = Name::exact(text);
  const std::string quoted = exact.sql();
  const auto tokens = sql::tokenize(quoted);
  LAW(tokens && tokens->size() == 1 && tokens->front().type == sql::TokenType::QuotedName, quoted);
}

void read_qualified(const std::string& text) {
  for (const auto& name : {QualifiedName::parse(text), QualifiedName::parse_output(text)}) {
    if (!name) continue;
    LAW(name->depth() >= 1, text);
    LAW(*QualifiedName::parse(name->display()) == *name, name->display());
    LAW(*QualifiedName::parse(name->sql()) == *name, name->sql());
  }
}

void read_address(const std::string& text) {
  if (const auto id = parse_address(text)) LAW(*parse_address(id->address()) == *id, id->address());
  if (const auto grantee = parse_grantee(text)) LAW(*parse_grantee(grantee->display()) == *grantee, grantee->display());
}

void read_type(const std::string& text) {
  const auto type = DataType::parse(text);
  if (!type) return;
  const auto again = DataType::parse(type->to_string());
  LAW(again && again->to_string() == type->to_string() && *again == *type, type->to_string());
  LAW(type_change(*type, *again).how == TypeChange::None, type->to_string());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text = fuzz::text_of(data, size);
  read_name(text);
  read_qualified(text);
  read_address(text);
  read_type(text);
  return 0;
}
