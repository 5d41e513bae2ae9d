// Tombstones: consent to drop or to forget, in writing.
#include <fmt/format.h>

#include "builder.hpp"
#include "mesh/base/text.hpp"

namespace mesh::manifest {
namespace {

constexpr std::string_view kExample = "- {object: table A.B.C, action: drop}";

// table A.B.C, or column A.B.C.D
bool read_object(const Site& site, const Node& node, Tombstone& tombstone) {
  const auto text = read_text(node, "object", site.diagnostics());
  if (!text) return false;
  if (iequals(text->substr(0, 7), "column ")) {
    const auto name =
        read_qualified(std::string(trim(text->substr(7))), node.place, "a column", 4, 4, site.diagnostics());
    if (!name) return false;
    tombstone.column = name->last();
    tombstone.object = {KindId::Table, name->parent()};
    return true;
  }
  auto id = parse_address(*text);
  if (id) {
    tombstone.object = *id;
    return true;
  }
  const auto blank = text->rfind(' ');
  if (blank != std::string::npos && is_later(trim(text->substr(0, blank)))) {
    site.diagnostics().error("MESH1104", node.place,
                             fmt::format("'{}' is not supported by this version of mesh", *text),
                             "take it out for now");
  } else {
    site.diagnostics().error("MESH1201", node.place, fmt::format("'{}' names no object", *text), id.error().message);
  }
  return false;
}

// rows A.B.C: those that the table's rows do not list.
bool read_rows(const Site& site, const Node& item, const Node& object, const Node& action) {
  constexpr std::string_view kWord = "rows ";
  if (!object.is_scalar() || !iequals(object.text.substr(0, kWord.size()), kWord)) return false;
  const auto name = read_qualified(std::string(trim(object.text.substr(kWord.size()))), object.place, "a table", 3, 3,
                                   site.diagnostics());
  if (read_scalar(action, "action", site.diagnostics()) != "drop") {
    site.diagnostics().error("MESH1301", action.place, "rows can only be dropped", "write action: drop");
  } else if (name && !is_left_out(site, item)) {
    site.build.rows_removed.push_back({*name, site.domain.name, object.place});
  }
  return true;
}

void read_entry(const Site& site, const Node& item) {
  if (!expect_map(item, "an entry of removed", site.diagnostics())) return;
  check_keys(item, {"object", "action", "only"}, "an entry of removed", site.diagnostics());
  const Node *object = item.find("object"), *action = item.find("action");
  if (object == nullptr || action == nullptr) {
    site.diagnostics().error("MESH1103", item.place, "an entry of removed needs object and action",
                             fmt::format("write {}", kExample));
    return;
  }
  if (read_rows(site, item, *object, *action)) return;
  Tombstone tombstone;
  tombstone.domain = site.domain.name;
  tombstone.place = object->place;
  const auto word = read_word(*action, "action", {"drop", "forget"}, site.diagnostics());
  if (!read_object(site, *object, tombstone) || !word) return;
  tombstone.action = *word == "drop" ? Tombstone::Action::Drop : Tombstone::Action::Forget;
  if (!is_left_out(site, item)) site.build.removed.push_back(std::move(tombstone));
}

}  // namespace

void read_removed(const Site& site, const Node& list) {
  if (!expect_list(list, "removed", kExample, site.diagnostics())) return;
  for (const auto& item : list.items) read_entry(site, item);
}

}  // namespace mesh::manifest
