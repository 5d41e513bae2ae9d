// Addresses that people type on the command line.
#include <algorithm>

#include <variant>

#include "compare.hpp"
#include "mesh/base/text.hpp"

namespace mesh::diff_parts {
namespace {

constexpr std::string_view kColumn = "column ";

std::string column_address(const QualifiedName& name) { return std::string(kColumn) + name.display(); }

// Without quotes case and runs of blanks say nothing; with them everything counts.
std::string folded(std::string_view address) {
  if (address.find('"') != std::string_view::npos) return std::string(trim(address));
  std::string out;
  for (const auto& word : split(std::string(address), ' ')) {
    if (!word.empty()) out += (out.empty() ? "" : " ") + to_upper(word);
  }
  return out;
}

// As the plan writes it, where it is an object, a column or a grant.
std::string normal(const std::string& typed) {
  const auto text = trim(typed);
  if (text.size() > kColumn.size() && iequals(text.substr(0, kColumn.size()), kColumn)) {
    if (const auto name = QualifiedName::parse(trim(text.substr(kColumn.size())))) return column_address(*name);
  }
  if (const auto grant = parse_grant(text)) {
    return std::visit([](const auto& key) { return key.address(); }, *grant);
  }
  const auto id = parse_address(typed);
  return id ? id->address() : typed;
}

// Every address under both its spellings.
class AddressBook {
 public:
  explicit AddressBook(const Mesh& mesh) : mesh_(mesh) {}

  void add(const std::string& live, const std::string& written) {
    live_.emplace(folded(live), live);
    written_.emplace(folded(written), live);
    spellings_.insert({live, written});
  }
  void add(const ObjectId& id) { add(id.address(), mesh_.as_written(id).address()); }
  void add(const GrantKey& key) { add(key.address(), mesh_.as_written(key).address()); }
  void add(const MembershipKey& key) {
    add(key.address(), MembershipKey{mesh_.as_written(key.role), mesh_.as_written(key.member)}.address());
  }
  void add_columns(const Object& object) {
    const auto written = mesh_.as_written(object.id);
    for (const auto& column : object.columns) {
      add(column_address(object.id.name.child(column.name)), column_address(written.name.child(column.name)));
    }
  }
  void add_objects(const Sides& sides) {
    for (const auto& [id, object] : sides.desired().state.objects) add(id);
    for (const auto& [id, object] : sides.live.objects) add(id);
    for (const auto& [address, entry] : sides.ledger.entries) {
      if (const auto id = parse_address(address)) add(*id);
    }
  }

  std::set<std::string> resolve(const std::string& option, const std::set<std::string>& typed,
                                DiffResult& result) const {
    std::set<std::string> found;
    for (const auto& text : typed) {
      const auto key = folded(normal(text));
      if (const auto live = live_.find(key); live != live_.end()) {
        found.insert(live->second);
      } else if (const auto written = written_.find(key); written != written_.end()) {
        found.insert(written->second);
      } else {
        result.unknown.push_back({option, text, nearest(text, {spellings_.begin(), spellings_.end()})});
      }
    }
    return found;
  }

 private:
  const Mesh& mesh_;
  std::map<std::string, std::string> live_, written_;  // folded spelling -> address
  std::set<std::string> spellings_;
};

}  // namespace

std::set<std::string> resolve_destroyed(const Sides& sides, DiffResult& result) {
  auto typed = sides.options.allow_destroy;
  const bool all = typed.erase("all") > 0;
  std::set<std::string> found;
  if (!typed.empty()) {
    AddressBook book(sides.mesh());
    book.add_objects(sides);
    for (const auto& [id, object] : sides.live.objects) book.add_columns(object);
    for (const auto& [id, object] : sides.desired().state.objects) book.add_columns(object);
    found = book.resolve("--allow-destroy", typed, result);
  }
  if (all) found.insert("all");
  return found;
}

std::set<std::string> resolve_targets(const Sides& sides, DiffResult& result) {
  const std::set<std::string> typed(sides.options.targets.begin(), sides.options.targets.end());
  if (typed.empty()) return {};
  AddressBook book(sides.mesh());
  book.add_objects(sides);
  for (const auto& [key, grant] : sides.desired().state.grants) book.add(key);
  for (const auto& [key, membership] : sides.desired().state.memberships) book.add(key);
  for (const auto& change : result.changes) {
    if (change.grant) {
      book.add(*change.grant);
    } else if (change.membership) {
      book.add(*change.membership);
    } else {
      book.add(change.address, change.address);
    }
  }
  return book.resolve("--target", typed, result);
}

}  // namespace mesh::diff_parts
