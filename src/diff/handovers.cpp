#include "mesh/diff/handovers.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "compare.hpp"
#include "mesh/base/text.hpp"

namespace mesh {
namespace {

constexpr std::string_view kKindLetters = "abcdefghijklmnopqrstuvwxyz ";

class HandingOver {
 public:
  HandingOver(const DiffInput& input, Change& drop, DiffResult& result)
      : role_(input.mesh.deploy_role(drop.domain)),
        heir_(Name::exact(role_.empty() ? input.live.current_role : role_)),
        drop_(drop),
        result_(result) {
    for (const auto& statement : drop.statements) {
      if (statement.handover) settled_.insert(statement.handover->object);
    }
    for (const auto& change : result.changes) {
      if (change.action == Action::Drop && change.object) dropped_.insert(*change.object);
      if (change.grant && change.grant->privilege == "OWNERSHIP") settled_.insert(change.grant->target.object);
    }
  }

  void run(const RoleGrants& held) {
    Change handing;
    for (const auto& id : held.owned) hand_over(id, handing);
    drop_.statements.insert(drop_.statements.begin(), std::make_move_iterator(handing.statements.begin()),
                            std::make_move_iterator(handing.statements.end()));
    for (const auto& other : held.others) {
      if (other.privilege == "OWNERSHIP") refuse_unknown(other.object);
    }
  }

 private:
  bool is_dropped(const ObjectId& id) const {
    if (dropped_.count(id) > 0) return true;
    for (auto name = id.name.parent(); !name.empty(); name = name.parent()) {
      if (dropped_.count({name.depth() == 1 ? KindId::Database : KindId::Schema, name}) > 0) return true;
    }
    return false;
  }

  void hand_over(const ObjectId& id, Change& handing) {
    const auto& kind = kinds::of(id.kind);
    // A task alone would lose its place in its graph; with DROP ROLE it keeps it (docs: tasks-graphs).
    if (is_dropped(id)) return drop_.before_drop_of.push_back(id.address());
    if (settled_.count(id) > 0 || kind.forms_graphs) return;
    // grants.md 1.8: neither shares nor instances of classes.
    if (kind.owner_is_fixed || kind.is_instance) {
      refuse(id.address(), "which Snowflake transfers to nobody",
             "drop that first, or make it anew as another role; or keep the role");
    } else {
      diff_parts::add_handover(handing, id, heir_, role_);
    }
  }

  // "notebook A.B.N": words of a kind, and a name as Snowflake prints it.
  void refuse_unknown(const std::string& object) {
    const auto words = std::min(object.find_first_not_of(kKindLetters), object.size());
    const std::string statement = fmt::format("GRANT OWNERSHIP ON {}{} TO ROLE {} COPY CURRENT GRANTS",
                                              to_upper(object.substr(0, words)), object.substr(words), heir_.display());
    refuse(object, "which mesh does not know how to hand over", fmt::format("run {}; or keep the role", statement));
  }

  void refuse(const std::string& object, const char* why, std::string ways_out) {
    result_.refused.push_back({drop_.address, "MESH2044", fmt::format("{} owns {}, {}", drop_.address, object, why),
                               std::move(ways_out), drop_.place});
  }

  const std::string role_;  // that runs it
  const Name heir_;
  Change& drop_;
  DiffResult& result_;
  std::set<ObjectId> settled_, dropped_;
};

}  // namespace

void hand_over_the_rest(const DiffInput& input, const RoleGrants& held, Change& drop, DiffResult& result) {
  HandingOver(input, drop, result).run(held);
}

}  // namespace mesh
