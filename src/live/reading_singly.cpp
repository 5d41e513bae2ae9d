// What has no list: parameters and descriptions, asked object by object where they are stated or were (promise 8).
#include <algorithm>

#include "reading.hpp"
#include "statements.hpp"

namespace mesh::live {

bool Reading::is_looked_at(const Object& live, kinds::ReadFrom from) const {
  if (looks_closer_) return bears_metrics(live.id);
  const auto* declared = interest_.declared_for(live.id);
  const auto* entry = interest_.known(live.id);
  const bool all = scope_.deep && (declared != nullptr || entry != nullptr || interest_.is_owned(live.id));
  const auto& texts = kinds::of(live.id.kind).texts;
  if (from == kinds::ReadFrom::Described && std::any_of(texts.begin(), texts.end(), [&](const kinds::TextRow& text) {
        return text.is_described && (all || (declared != nullptr && declared->text(text.name) != nullptr));
      }))
    return true;
  const auto& properties = kinds::of(live.id.kind).properties;
  return std::any_of(properties.begin(), properties.end(), [&](const kinds::PropertyRow& property) {
    if (property.from != from) return false;
    if (all) return true;
    const std::string name(property.name);
    const bool remembered = entry != nullptr && entry->attached.count(name) > 0;
    // What is to be dropped goes before what it names.
    if (declared == nullptr) return remembered && property.refers_to.has_value();
    if (declared->ignore_changes.count(name) > 0) return false;
    const auto* stated = declared->find(name);
    return stated != nullptr && !stated->is_null() ? live.find(name) == nullptr : remembered;
  });
}

void Reading::ask_parameters(KindId kind) {
  ask_singly(
      kind, kinds::ReadFrom::Parameter, "the parameters of ", {"key", "value", "level"},
      [](const Object& object) { return show_in("PARAMETERS", object.id); }, read_parameters);
}

void Reading::ask_described(KindId kind) {
  const auto& facts = kinds::of(kind);
  if (facts.is_instance)
    return ask_singly(
        kind, kinds::ReadFrom::Described, "the properties of ", {},
        [](const Object& instance) { return select_described(instance.id); }, read_instance);
  std::vector<std::string> needed;
  for (const auto column : {facts.described_name, facts.described_value}) {
    if (!column.empty() && !facts.described_either_way) needed.emplace_back(column);
  }
  ask_singly(kind, kinds::ReadFrom::Described, "the properties of ", needed, describe_live, read_described);
}

void Reading::ask_whole_lists(const kinds::Kind& kind) {
  for (const auto& property : kind.properties) {
    if (property.told_whole_by.empty()) continue;
    const std::string name(property.name);
    for (const auto& [id, object] : live_.state.objects) {
      const bool matters = scope_.deep || interest_.is_expected(id);
      if (id.kind != kind.id || !matters || object.live.unknown.count(name) == 0) continue;
      asks_.ask({select_function(property.told_whole_by, id.name),
                 interest_.role_for(id),
                 "the " + name + " of " + id.address(),
                 {},
                 [this, id = id, &property](Rows& rows) {
                   read_whole_list(rows, property, live_.state.objects.find(id)->second);
                 },
                 [](const StatementError& error) { return is_out_of_reach(error); }});
    }
  }
}

void Reading::report_unread(const ObjectId& instance) {
  const auto* declared = interest_.declared_for(instance);
  asks_.report("MESH3005", instance.address() + " is listed, but does not tell its properties",
               "what is not visible is not as declared, so nothing is planned; grant the role that reads PRIVACY_USER: "
               "GRANT " +
                   std::string(kinds::of(instance.kind).sql) + " ROLE " + instance.name.sql() +
                   "!PRIVACY_USER TO ROLE …",
               declared == nullptr ? Place{} : declared->place);
}

void Reading::ask_singly(KindId kind, kinds::ReadFrom from, const char* what, const std::vector<std::string>& needed,
                         std::string (*statement)(const Object&), void (*read)(const Rows&, Object&)) {
  for (const auto& [id, object] : live_.state.objects) {
    if (id.kind != kind || !is_looked_at(object, from)) continue;
    const auto looked_at = [this, id = id]() -> Object& { return live_.state.objects.find(id)->second; };
    const bool is_instance = kinds::of(kind).is_instance;
    const bool is_called = is_instance && from == kinds::ReadFrom::Described;
    const auto& others = listed_by_others_;
    const auto by_other = is_instance ? others.find(QualifiedName({id.name.first()})) : others.end();
    asks_.ask({.sql = statement(object),
               .role = by_other != others.end() ? by_other->second : interest_.role_for(id),
               .what = what + id.address(),
               .columns = needed,
               .answered = [looked_at, read](Rows& rows) { read(rows, looked_at()); },
               .failed =
                   [this, looked_at, from, is_called](const StatementError& error) {
                     if (!is_out_of_reach(error)) return false;
                     unknown_from(from, looked_at());
                     if (is_called) report_unread(looked_at().id);
                     return true;
                   },
               // "You must use a warehouse to call methods on the instance" (classify-custom-using, Grants).
               .warehouse = is_called ? control_warehouse() : std::string()});
  }
}

}  // namespace mesh::live
