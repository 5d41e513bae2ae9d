// mesh access: who can do a thing, and what one can do; of the account, or of the manifests alone.
#include <algorithm>

#include <fmt/format.h>

#include "accounts.hpp"
#include "commands.hpp"
#include "mesh/base/text.hpp"
#include "mesh/check/column_readings.hpp"
#include "mesh/kinds/kind.hpp"
#include "mesh/live/access_reader.hpp"
#include "mesh/render/access.hpp"
#include "workflow.hpp"

namespace mesh::cli {
namespace {

constexpr std::string_view kColumnWord = "column ";

// As the manifests would have it: owners as stated, else the domain's deploy role, which makes the object.
AccessMap declared_access(const manifest::Loaded& loaded) {
  AccessMap map(loaded.desired.state);
  for (const auto& [id, object] : loaded.desired.state.objects) {
    const auto role = object.owner ? object.owner->stored() : loaded.mesh.deploy_role(object.domain);
    if (!role.empty()) map.own(id, account_role(Name::exact(role)));
  }
  for (const auto& grant : loaded.present_grants) {
    for (const auto& [id, object] : loaded.desired.state.objects) {
      if (id.kind != grant.key.target.of_kind || !id.name.is_under(grant.key.target.object.name)) continue;
      map.give({on_object(id), grant.key.grantee, grant.key.privilege}, grant.grant_option);
    }
  }
  return map;
}

// Where an environment has a suffix, a name of the manifests is none of the account.
std::string with_suffix(const ObjectId& asked, const std::optional<Mesh>& mesh) {
  if (!mesh || mesh->environment.suffix.empty() || asked.name.empty()) return {};
  const ObjectId live = mesh->as_live(asked);
  if (live == asked) return {};
  return fmt::format("\nin environment {} the name would be {}", mesh->environment.name, live.address());
}

// `asked` is the object or role in question; empty for the account.
std::optional<ExitCode> read_map(const AccessOptions& options, const ObjectId& asked, const Global& global,
                                 const Console& console, live::AccessReader& reader, AccessMap& map,
                                 render::AccessReport& report) {
  if (options.manifests) {
    auto manifests = load_manifests(global, console);
    if (const auto* code = std::get_if<ExitCode>(&manifests)) return *code;
    map = declared_access(std::get<LoadedMesh>(manifests).loaded);
    report.source = "manifests";
    return std::nullopt;
  }
  const auto around = surrounding_mesh(global, console);
  if (const auto* code = std::get_if<ExitCode>(&around)) return *code;
  auto mesh = std::get<std::optional<Mesh>>(around);
  if (mesh) {
    if (const auto code = keep_one_account(global, *mesh, console)) return *code;
  }
  auto session = Session::open(global, mesh ? &*mesh : nullptr, console);
  if (!session) return console.error(session.error().message), ExitCode::Failed;
  for (auto queries = reader.next(); !queries.empty(); queries = reader.next()) {
    const auto status = reader.feed((*session)->connection().run_all(queries));
    if (!status.ok()) return console.error(status.error().message + with_suffix(asked, mesh)), ExitCode::Failed;
  }
  map = reader.map();
  report.unseen = reader.unseen();
  for (const auto& [holder, held] : reader.others()) {
    report.others.push_back({holder.display(), held.privilege, held.object});
  }
  report.source = (*session)->account();
  return std::nullopt;
}

void print(const render::AccessReport& report, const Global& global, const Console& console) {
  console.result(global.format == Format::Json ? render::access_json(report) : render::access_text(report));
  for (const auto& what : report.unseen) {
    console.say(fmt::format("not to be seen by this role, so the answer may be too small: {}", what));
  }
}

// What Snowflake knows and mesh does not may still be asked.
void doubt(const std::string& privilege, const GrantTarget& target, const Console& console) {
  const auto known = target.form == TargetForm::Account ? kinds::account_privileges()
                                                        : std::span(kinds::of(target.object.kind).privileges);
  if (privilege == "OWNERSHIP" || std::find(known.begin(), known.end(), privilege) != known.end()) return;
  const auto near = nearest(privilege, {known.begin(), known.end()});
  console.say(fmt::format("{} is no privilege on {} that mesh knows{}", privilege, target.display(),
                          near.empty() ? "" : fmt::format("; did you mean {}?", near)));
}

ExitCode who(const Global& global, const AccessOptions& options, const Console& console) {
  const std::string address = join(options.about, " ");
  GrantTarget target = on_the_account();
  if (!iequals(address, "account")) {
    const auto id = parse_address(address);
    if (!id) return console.error(id.error().message), ExitCode::Usage;
    target = on_object(*id);
  }
  render::AccessReport report;
  report.privilege = to_upper(options.privilege);
  report.about = target.display();
  doubt(report.privilege, target, console);
  AccessMap map;
  live::AccessReader reader(target);
  if (const auto code = read_map(options, target.object, global, console, reader, map, report)) return *code;
  report.answers = who_can(map, report.privilege, target);
  print(report, global, console);
  return ExitCode::Done;
}

ExitCode what(const Global& global, const AccessOptions& options, const Console& console) {
  const auto grantee = parse_grantee(join(options.about, " "));
  if (!grantee) return console.error(grantee.error().message), ExitCode::Usage;
  render::AccessReport report;
  report.by_object = false;
  report.about = grantee->display();
  AccessMap map;
  live::AccessReader reader(*grantee);
  if (const auto code = read_map(options, object_of(*grantee), global, console, reader, map, report)) return *code;
  report.answers = what_can(map, *grantee);
  print(report, global, console);
  return ExitCode::Done;
}

render::ColumnsReport::Line line_of(const Grantee& who, const check::ColumnReading& reading) {
  render::ColumnsReport::Line line;
  line.who = who.display();
  line.column = "column " + reading.object.name.child(reading.column).display();
  line.reading = check::to_string(reading.reading);
  line.rows = check::to_string(reading.rows);
  for (const auto& role : reading.via) line.via.push_back(role.display());
  return line;
}

// As it is typed, or else with the environment's suffix.
template <typename Known>
ObjectId meant(const ObjectId& typed, const Mesh& mesh, Known known) {
  return known(typed) ? typed : mesh.as_live(typed);
}

std::optional<ExitCode> fill(const AccessOptions& options, const Mesh& mesh, const State& state, const AccessMap& map,
                             const Console& console, render::ColumnsReport& report) {
  const check::ColumnReadings readings(state, map);
  const auto everybody = map.grantees();
  const std::string about = join(options.about, " ");
  if (!report.by_column) {
    const auto typed = parse_grantee(about);
    if (!typed) return console.error(typed.error().message), ExitCode::Usage;
    Grantee who = *typed;
    who.name = meant(object_of(who), mesh, [&](const ObjectId&) { return everybody.count(*typed) > 0; }).name;
    report.about = who.display();
    for (const auto& reading : readings.of(who)) report.lines.push_back(line_of(who, reading));
    return std::nullopt;
  }
  const auto name = QualifiedName::parse(trim(about.substr(kColumnWord.size())));
  if (!name || name->depth() != 4)
    return console.error("a column is named in full: column DATABASE.SCHEMA.TABLE.COLUMN"), ExitCode::Usage;
  const auto relations = kinds::relations();
  const auto find = [&](const QualifiedName& relation) -> const Object* {
    for (const auto kind : relations) {
      if (const Object* object = state.find({kind, relation})) return object;
    }
    return nullptr;
  };
  const Object* relation = find(name->parent());
  if (relation == nullptr) relation = find(mesh.as_live({KindId::Table, name->parent()}).name);
  const bool there =
      relation != nullptr && std::any_of(relation->columns.begin(), relation->columns.end(),
                                         [&](const Column& column) { return column.name == name->last(); });
  if (!there)
    return console.error(fmt::format("there is no column {} that the manifests declare", name->display())),
           ExitCode::Failed;
  report.about = "column " + relation->id.name.child(name->last()).display();
  for (const auto& who : everybody) {
    if (who.type == GranteeType::Share) continue;
    report.lines.push_back(line_of(who, readings.of(who, *relation, name->last())));
  }
  return std::nullopt;
}

// Policies and columns are those of the manifests' objects, as declared or as they are in the account.
ExitCode columns(const Global& global, const AccessOptions& options, const Console& console) {
  auto manifests = load_manifests(global, console);
  if (const auto* code = std::get_if<ExitCode>(&manifests)) return *code;
  auto& loaded = std::get<LoadedMesh>(manifests).loaded;
  render::ColumnsReport report;
  report.by_column = !options.privilege.empty();
  std::optional<ExitCode> wrong;
  if (options.manifests) {
    report.source = "manifests";
    wrong = fill(options, loaded.mesh, loaded.desired.state, declared_access(loaded), console, report);
  } else {
    if (const auto code = keep_one_account(global, loaded, console)) return *code;
    auto session = Session::open(global, &loaded.mesh, console);
    if (!session) return console.error(session.error().message), ExitCode::Failed;
    PlanRequest request;
    request.every_role = true;
    auto read = read_account(loaded, (*session)->connection(), request, console);
    if (const auto* code = std::get_if<ExitCode>(&read)) return *code;
    const auto& live = std::get<Account>(read).live;
    report.source = (*session)->account();
    wrong = fill(options, loaded.mesh, live.state, AccessMap(live.state), console, report);
  }
  if (wrong) return *wrong;
  console.result(global.format == Format::Json ? render::columns_json(report) : render::columns_text(report));
  return ExitCode::Done;
}

bool is_about_columns(const AccessOptions& options) {
  const std::string about = to_lower(join(options.about, " "));
  return options.columns || (iequals(options.privilege, "SELECT") && about.starts_with(kColumnWord));
}

}  // namespace

ExitCode run_access(const Global& global, const AccessOptions& options, const Console& console) {
  if (is_about_columns(options)) return columns(global, options, console);
  return options.privilege.empty() ? what(global, options, console) : who(global, options, console);
}

}  // namespace mesh::cli
