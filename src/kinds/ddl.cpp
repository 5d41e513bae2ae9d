#include "ddl_parts.hpp"

namespace mesh::kinds {
namespace {

std::string_view words_once_made(KindId kind) { return sql_or(of(kind).sql_once_made, of(kind)); }

void close_brackets(Writer& w, std::string_view brackets) {
  for (size_t i = 0; i < brackets.size(); ++i) w.close();
}

}  // namespace

Writer alter(const ObjectId& id, std::string_view words) {
  Writer w;
  w.kw("ALTER").kw(Keyword::of_table(words.empty() ? words_once_made(id.kind) : words)).name(id);
  return w;
}

Writer alter_governed(const ObjectId& id) { return alter(id, of(id.kind).sql_for_policies); }

void write_texts(Writer& w, const Object& object) {
  for (const auto& row : of(object.id.kind).texts) {
    const SqlText* text = object.text(row.name);
    if (text == nullptr) continue;
    w.kw(Keyword::of_table(row.before));
    if (row.quoted) {
      w.body(text->text);
      continue;
    }
    if (row.before == "AS") w.newline(0);
    w.fragment(*text);
    close_brackets(w, row.after);
  }
}

std::string set_text(const ObjectId& id, const TextRow& row, const SqlText* text) {
  Writer w = alter(id);
  w.kw(Keyword::of_table(text == nullptr ? row.alter_none : row.alter));
  if (text != nullptr) w.fragment(*text);
  if (text != nullptr) close_brackets(w, row.alter_after);
  return w.take();
}

std::string drop_statement(const ObjectId& id) {
  Writer w;
  w.kw("DROP").kw(Keyword::of_table(words_once_made(id.kind))).name(id);
  return w.take();
}

std::vector<std::string> drop_statements(const Object& live) {
  const auto before = of(live.id.kind).before_drop;
  const auto words = before == nullptr ? std::string_view() : before(live);
  std::vector<std::string> statements;
  if (!words.empty()) statements.push_back(alter(live.id).kw(Keyword::of_table(words)).take());
  statements.push_back(drop_statement(live.id));
  return statements;
}

std::string undrop_statement(const ObjectId& id) {
  if (!of(id.kind).can_undrop) return {};
  Writer w;
  w.kw("UNDROP").kw(Keyword::of_table(of(id.kind).sql)).name(id);
  return w.take();
}

std::string rename_statement(const ObjectId& from, const QualifiedName& to) {
  Writer w = alter(from, of(from.kind).sql_in_rename);
  w.kw("RENAME TO").name(to);
  return w.take();
}

}  // namespace mesh::kinds
