// mesh show: one object as declared, live and remembered; the account on paper.
#include <ctime>

#include <fmt/format.h>

#include "accounts.hpp"
#include "applied_mesh.hpp"
#include "commands.hpp"
#include "mesh/base/files.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/tagging.hpp"
#include "mesh/render/render.hpp"
#include "mesh/render/rows.hpp"
#include "mesh/sql/search_target.hpp"
#include "workflow.hpp"

namespace mesh::cli {
namespace {

std::string now_utc() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text;
}

std::string column_text(const Column& column) {
  std::string text = column.type.to_string();
  if (!column.nullable) text += " NOT NULL";
  if (column.default_value) text += " DEFAULT " + column.default_value->text;
  if (column.virtual_as) text += " AS (" + column.virtual_as->text + ")";
  if (column.identity) text += fmt::format(" IDENTITY({}, {})", column.identity->start, column.identity->increment);
  if (!column.collate.empty()) text += " COLLATE " + column.collate;
  if (!column.comment.empty()) text += "  -- " + column.comment;
  return text;
}

std::string search_text(const SearchOptimization& search) {
  if (!search.on) return {};
  std::vector<std::string> targets;
  for (const auto& target : search.targets) targets.push_back(sql::to_display(target));
  return targets.empty() ? "true" : join(targets, ", ");
}

// "tag A.B.T", "contact STEWARD", "columns.C.masking policy".
std::string row_of(const AttachmentKey& key) {
  const std::string column = key.bearer.column ? "columns." + key.bearer.column->display() + "." : std::string();
  const std::string purpose = key.slot.empty() ? "" : " " + key.slot;
  return column + kind_words(key.kind) + (key.name.empty() ? "" : " " + key.name.display()) + purpose;
}

// A tag's value; a policy with the columns it looks at.
std::string attached_text(const Attachment& attachment) {
  if (attachment.key.kind == KindId::Tag) return to_display(Value(attachment.value));
  if (!attachment.expectations.empty()) {
    std::vector<std::string> all;
    for (const auto& [name, condition] : attachment.expectations) all.push_back(name + " (" + condition + ")");
    return join(all, ", ");
  }
  if (!attachment.key.name.empty()) return "set";
  std::vector<std::string> columns;
  for (const auto& column : attachment.columns) columns.push_back(column.display());
  return attachment.name.display() + (columns.empty() ? "" : " (" + join(columns, ", ") + ")");
}

void add_attached(const State& state, const ObjectId& id, std::map<std::string, std::string>& all) {
  const auto& every = state.attachments;
  for (auto it = every.lower_bound(AttachmentKey{{id, std::nullopt}, KindId{}, {}});
       it != every.end() && it->first.bearer.object == id; ++it) {
    all[row_of(it->first)] = attached_text(it->second);
  }
}

std::map<std::string, std::string> facts(const State& state, const ObjectId& id) {
  std::map<std::string, std::string> all;
  const Object* object = state.find(id);
  if (object == nullptr) return all;
  add_attached(state, id, all);
  for (const auto& [name, property] : object->properties) all[name] = to_display(property.value);
  for (const auto& column : object->columns) all["columns." + column.name.display()] = column_text(column);
  if (object->checks) {
    for (const auto& check : *object->checks) all["check." + check.name.display()] = check.condition.text;
  }
  if (object->search_optimization) all["search_optimization"] = search_text(*object->search_optimization);
  for (const auto& [key, text] : object->texts) all[key] = to_display(Value(text.text));
  if (object->owner) all["owner"] = object->owner->display();
  if (!object->live.owner.empty()) all["owner"] = object->live.owner.display();
  if (object->live.rows) all["rows"] = with_thousands(*object->live.rows);
  return all;
}

std::string side_by_side(const State& declared, const State& live, const ObjectId& id) {
  const auto left = facts(declared, id), right = facts(live, id);
  std::map<std::string, std::pair<std::string, std::string>> rows;
  for (const auto& [name, value] : left) rows[name].first = value;
  for (const auto& [name, value] : right) rows[name].second = value;
  std::string out = fmt::format("  {:32} {:40} {}\n", "", "declared", "live");
  for (const auto& [name, values] : rows) {
    out += fmt::format("  {:32} {:40} {}\n", name, values.first.empty() ? "-" : values.first,
                       values.second.empty() ? "-" : values.second);
  }
  return out;
}

ExitCode record(const manifest::Loaded& loaded, const Global& global, const ShowOptions& options,
                const Console& console) {
  if (options.output.empty()) return console.error("mesh show --state needs -o FILE"), ExitCode::Usage;
  auto session = Session::open(global, &loaded.mesh, console);
  if (!session) return console.error(session.error().message), ExitCode::Failed;
  Recorder recorder((*session)->connection());
  PlanRequest request;
  auto made = make_plan(loaded, recorder, request, console);
  if (const auto* code = std::get_if<ExitCode>(&made)) return *code;
  // Also what drift asks, of what was last applied as of the checkout, which stands in where that cannot be read then.
  request.diff.drift = true;
  request.every_role = true;
  made = make_plan(loaded, recorder, request, console);
  if (const auto* code = std::get_if<ExitCode>(&made)) return *code;
  if (const auto applied = load_applied(loaded.mesh, global, recorder, {}, console)) {
    made = make_plan(*applied, recorder, request, console);
    if (const auto* code = std::get_if<ExitCode>(&made)) return *code;
  }
  render::Recording recording;
  recording.account = (*session)->account();
  recording.role = (*session)->role();
  recording.user = (*session)->user();
  recording.recorded_at = now_utc();
  recording.replies = recorder.replies();
  const auto written = write_file(options.output, render::recording_json(recording));
  if (!written) return console.error(written.error().message), ExitCode::Failed;
  console.say(
      fmt::format("{} answers of {} recorded in {}", recording.replies.size(), recording.account, options.output));
  return ExitCode::Done;
}

// As it is typed, or else with the environment's suffix.
ObjectId meant(const ObjectId& typed, const manifest::Loaded& loaded, const Live& live, const Ledger& ledger) {
  const bool known =
      loaded.desired.state.find(typed) != nullptr || live.state.find(typed) != nullptr || ledger.find(typed) != nullptr;
  return known ? typed : loaded.mesh.as_live(typed);
}

// The tags and policies it is declared to bear, and where each is written.
std::string attached(const manifest::Loaded& loaded, const ObjectId& id) {
  std::string out;
  const auto& all = loaded.desired.state.attachments;
  for (auto it = all.lower_bound(AttachmentKey{{id, std::nullopt}, KindId{}, {}});
       it != all.end() && it->first.bearer.object == id; ++it) {
    const auto& each = it->second;
    out += fmt::format("  {}{}, {} ({})\n", each.address(), each.key.kind == KindId::Tag ? " = " + each.value : "",
                       each.applied_by.empty() ? "declared" : "applied by " + each.applied_by,
                       loaded.sources.describe(each.place));
  }
  return out;
}

ExitCode show_object(const manifest::Loaded& loaded, const Global& global, const ShowOptions& options,
                     const Console& console) {
  const auto typed = parse_address(options.what);
  if (!typed) return console.error(typed.error().message), ExitCode::Usage;
  auto session = Session::open(global, &loaded.mesh, console);
  if (!session) return console.error(session.error().message), ExitCode::Failed;
  PlanRequest request;
  request.bearers = {*typed, loaded.mesh.as_live(*typed)};
  auto read = read_account(loaded, (*session)->connection(), request, console);
  if (const auto* code = std::get_if<ExitCode>(&read)) return *code;
  const auto& [live, ledger, warnings] = std::get<Account>(read);
  const auto id = meant(*typed, loaded, live, ledger);
  const Object* declared = loaded.desired.state.find(id);
  const Object* there = live.state.find(id);
  const LedgerEntry* entry = ledger.find(id);
  if (declared == nullptr && there == nullptr && entry == nullptr) {
    console.error(fmt::format("{} is neither declared nor there, and mesh never knew it", id.address()));
    return ExitCode::Failed;
  }
  std::string out = id.address() + "\n";
  if (declared != nullptr)
    out += fmt::format("  declared in {} ({})\n", loaded.sources.describe(declared->place), declared->domain);
  if (entry != nullptr)
    out += fmt::format("  {} by mesh, domain {}{}\n", entry->made ? "made" : "taken over", entry->domain,
                       entry->prevent_destroy ? ", protected" : "");
  if (entry == nullptr) out += "  not in the ledger\n";
  out += attached(loaded, id);
  if (there == nullptr) out += "  does not exist in the account, or is hidden from this role\n";
  if (there != nullptr && live.attachments_read.count(id) == 0 && kinds::can_bear_tags(id.kind))
    out += "  tags and policies of the account were not read: that takes a running warehouse\n";
  console.result(out + side_by_side(loaded.desired.state, live.state, id));
  return ExitCode::Done;
}

}  // namespace

ExitCode run_show(const Global& global, const ShowOptions& options, const Console& console) {
  if (options.what.empty() && !options.state)
    return console.error("mesh show takes an ADDRESS, a plan FILE, or --state -o FILE"), ExitCode::Usage;
  if (!options.what.empty() && std::filesystem::is_regular_file(options.what)) {
    const auto text = read_file(options.what);
    if (!text) return console.error(text.error().message), ExitCode::Failed;
    const auto shown = render::plan_text_of_json(*text);
    if (!shown) return console.error(shown.error().message), ExitCode::Failed;
    console.result(*shown);
    return ExitCode::Done;
  }
  auto manifests = load_manifests(global, console);
  if (const auto* code = std::get_if<ExitCode>(&manifests)) return *code;
  auto& loaded = std::get<LoadedMesh>(manifests).loaded;
  if (const auto code = keep_one_account(global, loaded, console)) return *code;
  return options.state ? record(loaded, global, options, console) : show_object(loaded, global, options, console);
}

}  // namespace mesh::cli
