// mesh import: what is live in the account, as manifests of the domains that own it. Its plan is nothing but taking
// over.
#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

#include "accounts.hpp"
#include "commands.hpp"
#include "mesh/base/digest.hpp"
#include "mesh/base/files.hpp"
#include "mesh/base/text.hpp"
#include "mesh/diff/lineage.hpp"
#include "mesh/kinds/ddl.hpp"
#include "mesh/kinds/kind.hpp"
#include "mesh/kinds/settings.hpp"
#include "mesh/kinds/signature.hpp"
#include "mesh/kinds/tagging.hpp"
#include "mesh/live/inside.hpp"
#include "mesh/model/creation.hpp"
#include "mesh/render/manifest.hpp"
#include "mesh/sql/writer.hpp"
#include "workflow.hpp"

namespace mesh::cli {
namespace {

namespace fs = std::filesystem;

// Each round leaves out what the checks of manifests object to; what depends on that may be next.
constexpr int kRounds = 50;

// * for any characters, ? for one.
bool matches(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern.front() == '*') {
    for (size_t i = 0; i <= text.size(); ++i) {
      if (matches(pattern.substr(1), text.substr(i))) return true;
    }
    return false;
  }
  return !text.empty() && (pattern.front() == '?' || pattern.front() == text.front()) &&
         matches(pattern.substr(1), text.substr(1));
}

// A folder of its own, gone with it.
class Scratch {
 public:
  Scratch() : path_(fs::temp_directory_path() / ("mesh-import-" + random_uuid())) { fs::create_directories(path_); }
  ~Scratch() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

class Import {
 public:
  Import(const Global& global, const ImportOptions& options, const Console& console)
      : global_(global), options_(options), console_(console) {}

  ExitCode run() {
    const auto root = find_mesh(global_, console_);
    if (!root) return ExitCode::Violated;
    root_ = *root;
    Diagnostics diagnostics;
    Sources sources;
    auto loaded = manifest::load({root_, global_.environment, global_.parallelism}, diagnostics, sources);
    if (!loaded) {
      console_.diagnostics(diagnostics, sources);
      return violation_of(global_, false, diagnostics);
    }
    loaded_ = std::move(*loaded);
    if (!check_domains(global_, loaded_.mesh, console_)) return ExitCode::Usage;
    if (const auto code = keep_one_account(global_, loaded_, console_)) return *code;
    auto session = Session::open(global_, &loaded_.mesh, console_);
    if (!session) return console_.error(session.error().message), ExitCode::Failed;
    if (const auto code = read((*session)->connection())) return *code;
    look_for_others((*session)->connection());
    leave_out_unknown_privileges();
    return write();
  }

 private:
  const Mesh& mesh() const { return loaded_.mesh; }

  const Domain* owner_of(const ObjectId& id) const { return kinds::owner_of_live(mesh(), id); }

  // Twice: once to see what is there, once as if it were declared, so that columns, parameters and access are read
  // whole.
  std::optional<ExitCode> read(Connection& connection) {
    PlanRequest request;
    request.diff.drift = true;
    auto first = read_account(loaded_, connection, request, console_);
    if (const auto* code = std::get_if<ExitCode>(&first)) return *code;
    auto& seen = std::get<Account>(first);
    choose(seen.live.state, seen.ledger);
    manifest::Loaded as_declared = loaded_;
    as_declared.present_grants.clear();
    for (const auto& id : chosen_) {
      Object object = *seen.live.state.find(id);
      object.domain = owner_of(id)->name;
      as_declared.desired.owner_domain[id] = object.domain;
      as_declared.desired.state.objects.emplace(id, std::move(object));
    }
    request.deep = true;
    auto second = read_account(as_declared, connection, request, console_);
    if (const auto* code = std::get_if<ExitCode>(&second)) return *code;
    state_ = std::move(std::get<Account>(second).live.state);
    std::erase_if(chosen_, [&](const ObjectId& id) { return state_.find(id) == nullptr; });
    leave_out_unreadable();
    settle_column_lists();
    leave_out_unreadable_policies();
    leave_out_unused_imported_roles();
    leave_out_untouched_public();
    return std::nullopt;
  }

  void leave_out(const ObjectId& id, const std::string& why) {
    const Domain* domain = owner_of(id);
    if (domain != nullptr) notes_[domain->name].push_back(fmt::format("not imported: {}: {}", id.address(), why));
    std::erase_if(chosen_, [&](const ObjectId& one) { return one == id || is_in(one, id); });
  }
  static bool is_in(const ObjectId& id, const ObjectId& container) {
    const bool is_container = container.kind == KindId::Database || container.kind == KindId::Schema;
    return is_container && id.name.is_under(container.name) && id.name.depth() > container.name.depth();
  }

  bool is_wanted(const ObjectId& id) const {
    if (options_.patterns.empty()) return true;
    for (auto name = id.name; !name.empty(); name = name.parent()) {
      if (name != id.name && id.name.depth() == 1) break;
      const std::string live = to_upper(name.display());
      const std::string written = to_upper(mesh().as_written(ObjectId{id.kind, name}).name.display());
      const bool named =
          std::any_of(options_.patterns.begin(), options_.patterns.end(), [&](const std::string& pattern) {
            return matches(to_upper(pattern), live) || matches(to_upper(pattern), written);
          });
      if (named) return true;
    }
    return false;
  }

  void choose(const State& live, const Ledger& ledger) {
    for (const auto& [id, object] : live.objects) {
      const Domain* owner = owner_of(id);
      const bool in_scope =
          owner != nullptr &&
          (global_.domains.empty() || std::count(global_.domains.begin(), global_.domains.end(), owner->name) > 0);
      const bool is_tool = id.kind == KindId::Role && mesh().is_deployment_role(id.name.first().stored());
      if (!in_scope || is_tool || mesh().is_control(id.name.first()) || id.name.last().stored() == "INFORMATION_SCHEMA")
        continue;
      if (id.kind == KindId::User && mesh().is_set_up_user(id.name.last())) continue;
      if (loaded_.desired.state.find(id) != nullptr || !is_wanted(id)) continue;
      if (const auto other = ledger.other_meshes.find(id.address()); other != ledger.other_meshes.end()) {
        leave_out(id, fmt::format("mesh {} manages it", other->second));
        continue;
      }
      const auto& suffix = mesh().environment.suffix;
      const bool has_suffix = id.kind != KindId::AccountParameter && !suffix.empty();
      if (has_suffix && !id.name.first().stored().ends_with(suffix)) {
        if (id.name.depth() == 1) leave_out(id, fmt::format("its name lacks this environment's suffix {}", suffix));
        continue;
      }
      chosen_.insert(id);
      // What it lies in has to be there as well.
      for (auto name = id.name.parent(); !name.empty(); name = name.parent()) {
        const ObjectId container{name.depth() == 1 ? KindId::Database : KindId::Schema, name};
        if (loaded_.desired.state.find(container) == nullptr) chosen_.insert(container);
      }
    }
  }

  void leave_out_unreadable() {
    const std::set<ObjectId> all = chosen_;
    for (const auto& id : all) {
      const Object& object = *state_.find(id);
      const auto& texts = kinds::of(id.kind).texts;
      if (std::any_of(texts.begin(), texts.end(), [&](const kinds::TextRow& text) {
            return text.required && object.live.unknown.count(std::string(text.name)) > 0;
          }))
        leave_out(id, "its text is not shown to this role; its owner could import it");
      if (object.live.unknown.count(std::string(kinds::kOutputArguments)) > 0) {
        leave_out(id, "it has output arguments (OUT), which this version of mesh cannot declare; it stays as it is");
      } else if (!knows_defaults(object)) {
        leave_out(id,
                  "this role is not told the defaults of its arguments; declare it with them, and it is taken over");
      }
    }
  }

  // A list of names is written where the query alone does not give the columns those names; where it is clustered, say,
  // `columns` has them all.
  void settle_column_lists() {
    for (const auto& id : chosen_) {
      Object& object = state_.objects.at(id);
      if (!kinds::of(id.kind).columns_by_name) continue;
      const auto shown = kinds::listed_columns(object);
      object.properties.erase("column_list");
      if (!kinds::listed_columns(object).empty()) continue;
      std::vector<Name> names = shown;
      if (!object.columns.empty()) names.clear();
      for (const auto& column : object.columns) names.push_back(column.name);
      const auto by_query = names_by_query(state_, object);
      if (!by_query && shown.empty() && id.kind == KindId::DynamicTable)
        notes_[owner_of(id)->name].push_back(
            fmt::format("{}: whether CREATE gave its columns other names than its query is not to be told; if so, "
                        "name them in column_list",
                        id.address()));
      if (by_query ? *by_query == names : shown.empty()) continue;
      ValueList list;
      for (const auto& name : names) list.emplace_back(name.stored());
      object.properties["column_list"].value = std::move(list);
    }
  }

  // Of what a share brings only those say something that somebody has.
  void leave_out_unused_imported_roles() {
    std::erase_if(chosen_, [&](const ObjectId& id) {
      const auto first = state_.memberships.lower_bound({id, {}});
      const bool has_members = first != state_.memberships.end() && first->first.role == id;
      return id.kind == KindId::DatabaseRole && lies_in_imported(state_, id) && !has_members;
    });
  }

  // SHOW tells how many there are, GET_DDL which.
  static bool knows_defaults(const Object& object) {
    const Value* optional = object.find("optional_arguments");
    if (optional == nullptr || *optional == Value(0)) return true;
    const Value* arguments = object.find("arguments");
    if (arguments == nullptr || arguments->text() == nullptr) return false;
    return *optional == Value(static_cast<int64_t>(kinds::optional_of(kinds::read_arguments(*arguments->text()))));
  }

  // Nothing tells the columns that such a policy looks at (governance-reading.md 3.1), nor the name of some contacts.
  void leave_out_unreadable_policies() {
    for (const auto& [key, attachment] : state_.attachments) {
      const Object* bearer = chosen_.count(key.bearer.object) == 0 ? nullptr : state_.find(key.bearer.object);
      if (bearer == nullptr) continue;
      if (key.bearer.column && !has_column(*bearer, *key.bearer.column))
        leave_out(key, "a manifest does not list that column");  // VALUE of an external table
      if (attachment.value.find(kinds::kBetweenValues) != std::string::npos)
        leave_out(key, "it has several values, and a manifest says one; it stays as it is");
      if (attachment.name.empty()) leave_out(key, "Snowflake does not tell which contact it is");
      const bool looks_at_columns = key.kind != KindId::Tag && bearer->id.kind != KindId::Tag;
      if (!looks_at_columns || attachment.columns_known) continue;
      const bool alone = key.bearer.column && arguments_of({key.kind, attachment.name}) <= 1;
      if (!alone) leave_out(key, "Snowflake does not tell which columns it looks at; declare it with them");
    }
  }

  static bool has_column(const Object& object, const Name& name) {
    return std::any_of(object.columns.begin(), object.columns.end(),
                       [&](const Column& column) { return column.name == name; });
  }

  // 0: this role does not see the policy.
  size_t arguments_of(const ObjectId& policy) const {
    const Object* object = state_.find(policy);
    const Value* signature = object == nullptr ? nullptr : object->find("signature");
    const auto* arguments = signature == nullptr ? nullptr : std::get_if<ValueRecord>(&signature->data);
    return arguments == nullptr ? 0 : arguments->size();
  }

  void leave_out(const AttachmentKey& key, const std::string& why) {
    if (!without_attachments_.insert(key).second) return;
    const Domain* domain = owner_of(key.bearer.object);
    const auto& attachment = state_.attachments.at(key);
    notes_[domain->name].push_back(fmt::format("not imported: {}: {}", attachment.address(), why));
  }

  // The tag or policy that is written at a place, by the state's own key.
  std::optional<AttachmentKey> attachment_at(const Place& place, const manifest::Loaded& again) const {
    for (const auto& [key, attachment] : again.desired.state.attachments) {
      if (attachment.place == place && state_.attachments.count(key) > 0) return key;
    }
    return std::nullopt;
  }

  void leave_out_untouched_public() {
    const std::set<ObjectId> all = chosen_;
    for (const auto& id : all) {
      if (id.kind != KindId::Schema || id.name.last().stored() != "PUBLIC") continue;
      const Object& object = *state_.find(id);
      const Value* comment = object.find("comment");
      const bool has_comment = comment != nullptr && comment->text() != nullptr && !comment->text()->empty();
      const bool is_managed = object.find("managed_access") != nullptr && *object.find("managed_access") == Value(true);
      const bool holds =
          std::any_of(chosen_.begin(), chosen_.end(), [&](const ObjectId& one) { return is_in(one, id); });
      const bool granted = std::any_of(state_.grants.begin(), state_.grants.end(),
                                       [&](const auto& grant) { return grant.first.target.object == id; });
      if (!has_comment && !is_managed && !holds && !granted) chosen_.erase(id);
    }
  }

  // Kinds that mesh does not manage stand as comments.
  void look_for_others(Connection& connection) {
    std::vector<Query> queries;
    std::vector<std::pair<ObjectId, std::string_view>> what;
    for (const auto& id : chosen_) {
      if (id.kind != KindId::Database) continue;
      for (const auto look : live::unmanaged_lists()) {
        sql::Writer writer;
        writer.kw("SHOW").kw(sql::Keyword::of_table(look)).kw("IN DATABASE").name(id.name);
        queries.push_back({writer.take(), {}, {}, {}, true, false});
        what.emplace_back(id, look);
      }
    }
    const auto replies = connection.run_all(queries);
    for (size_t i = 0; i < replies.size(); ++i) {
      const auto& [database, look] = what[i];
      auto& notes = notes_[mesh().owner_of_live(database.name.first().stored())->name];
      if (!replies[i]) {
        if (live::is_unknown_list(replies[i].error())) continue;
        notes.push_back(fmt::format("{} of {} could not be listed: {}", to_lower(look), database.address(),
                                    replies[i].error().message));
        continue;
      }
      for (const auto& name : live::names_in(database, *replies[i])) {
        notes.push_back(fmt::format("not imported: {} {}: mesh does not manage {} yet", to_lower(look), name.display(),
                                    to_lower(look)));
      }
    }
  }

  void leave_out_unknown_privileges() {
    if (mesh().allow_unknown_privileges) return;
    for (const auto& [key, grant] : state_.grants) {
      if (key.target.form == TargetForm::Account || chosen_.count(key.target.object) == 0) continue;
      const auto& kind = kinds::of(key.target.form == TargetForm::Object ? key.target.object.kind : key.target.of_kind);
      const bool is_known = key.privilege == "OWNERSHIP" || std::find(kind.privileges.begin(), kind.privileges.end(),
                                                                      key.privilege) != kind.privileges.end();
      if (is_known) continue;
      const Domain* domain = mesh().owner_of_live(key.target.object.name.first().stored());
      notes_[domain->name].push_back(fmt::format(
          "not imported: {}: mesh does not know that privilege; unknown_privileges: allow in mesh.yaml lets it in",
          key.address()));
      leave_out(key);
    }
  }

  // Its role keeps it all the same: mesh would take away what stands in no manifest.
  void leave_out(const GrantKey& key) {
    without_.insert(key);
    const auto type = key.grantee.type;
    if (type != GranteeType::Role && type != GranteeType::DatabaseRole) return;
    additive_.insert({type == GranteeType::Role ? KindId::Role : KindId::DatabaseRole, key.grantee.name});
  }

  // The grant that is written at a place, as it was loaded; the state's own key.
  std::optional<GrantKey> grant_at(const Place& place, const manifest::Loaded& again) const {
    const auto& grants = again.desired.state.grants;
    const auto written =
        std::find_if(grants.begin(), grants.end(), [&](const auto& grant) { return grant.second.place == place; });
    if (written == grants.end()) return std::nullopt;
    if (state_.grants.count(written->first) > 0) return written->first;
    const auto by_address = render::grants_as_written(input());
    const auto it = by_address.find(written->first.address());
    return it == by_address.end() ? std::nullopt : std::optional<GrantKey>(it->second);
  }

  render::ManifestInput input() const {
    render::ManifestInput in{mesh(), state_, chosen_, {}, without_, without_attachments_, additive_, notes_, {}};
    for (const auto& [id, object] : loaded_.desired.state.objects) in.declared.insert(id);
    for (const auto& domain : mesh().domains) {
      if (domain.team.empty()) in.headless.insert(domain.name);
    }
    return in;
  }

  // Paths that nobody has: roles.yaml, else roles_2.yaml.
  void find_free_names(std::vector<render::ManifestFile>& files) const {
    for (auto& file : files) {
      const fs::path path = file.path;
      for (int n = 2; fs::exists(root_ / file.path) || fs::exists(target() / file.path); ++n) {
        file.path =
            (path.parent_path() / fmt::format("{}_{}{}", path.stem().string(), n, path.extension().string())).string();
      }
    }
  }
  fs::path target() const { return options_.output.empty() ? root_ : fs::path(options_.output); }

  // The mesh as it would be. True when something was left out, and so another round is due.
  bool check(const std::vector<render::ManifestFile>& files) {
    Scratch scratch;
    for (uint32_t i = 0; i < loaded_.sources.size(); ++i) {
      const auto& source = loaded_.sources.file(i);
      if (!write_file(scratch.path() / source.path, source.text)) return false;
    }
    for (const auto& file : files) {
      if (!write_file(scratch.path() / file.path, file.text)) return false;
    }
    Diagnostics diagnostics;
    Sources failed;
    const auto again = manifest::load({scratch.path(), global_.environment, global_.parallelism}, diagnostics, failed);
    if (!again) return false;
    const auto left_out = [this] { return without_.size() + without_attachments_.size(); };
    const auto before = chosen_.size() + left_out();
    std::set<ObjectId> gone;
    for (const auto& diagnostic : diagnostics.sorted(again->sources)) {
      if (diagnostic.severity == Severity::Error) leave_out(diagnostic, files, *again, gone);
    }
    return chosen_.size() + left_out() != before || !gone.empty();
  }

  void leave_out(const Diagnostic& error, const std::vector<render::ManifestFile>& files, const manifest::Loaded& again,
                 std::set<ObjectId>& gone) {
    if (!error.place.known()) return;
    const auto& path = again.sources.file(error.place.file).path;
    const auto file = std::find_if(files.begin(), files.end(), [&](const auto& one) { return path == one.path; });
    if (file == files.end()) return;
    const auto id = render::object_at(*file, error.place.line);
    if (const auto grant = grant_at(error.place, again)) {
      if (without_.count(*grant) > 0) return;
      leave_out(*grant);
      const Domain* domain = mesh().owner_of_live(
          (grant->target.form == TargetForm::Account ? grant->grantee.name : grant->target.object.name)
              .first()
              .stored());
      if (domain != nullptr)
        notes_[domain->name].push_back(fmt::format("not imported: {}: {}", grant->address(), error.summary));
      return;
    }
    if (const auto attachment = attachment_at(error.place, again)) {
      leave_out(*attachment, error.summary);
      return;
    }
    if (id && gone.insert(*id).second && chosen_.count(*id) > 0) leave_out(*id, error.summary);
  }

  ExitCode write() {
    std::vector<render::ManifestFile> files;
    for (int round = 0; round < kRounds; ++round) {
      files = render::manifest_files(input());
      find_free_names(files);
      if (!check(files)) break;
    }
    if (files.empty()) {
      console_.say("Nothing to import: what the domains own is declared, or does not exist.");
      return ExitCode::Done;
    }
    for (const auto& file : files) {
      const auto written = write_file(target() / file.path, file.text);
      if (!written) return console_.error(written.error().message), ExitCode::Failed;
      console_.result(fmt::format("wrote {}\n", (fs::path(options_.output) / file.path).lexically_normal().string()));
    }
    size_t left_out = 0;
    for (const auto& [domain, notes] : notes_) left_out += notes.size();
    console_.say(fmt::format(
        "{} of {} written{}.\n'mesh plan' shows them as taken over; 'mesh apply' takes them over.",
        chosen_.size() == 1 ? "1 object" : fmt::format("{} objects", chosen_.size()), mesh().environment.name,
        left_out == 0 ? "" : fmt::format(", {} left out: the comments in the files say why", left_out)));
    return ExitCode::Done;
  }

  const Global& global_;
  const ImportOptions& options_;
  const Console& console_;
  fs::path root_;
  manifest::Loaded loaded_;
  State state_;
  std::set<ObjectId> chosen_, additive_;
  std::set<GrantKey> without_;
  std::set<AttachmentKey> without_attachments_;
  std::map<std::string, std::vector<std::string>> notes_;
};

}  // namespace

ExitCode run_import(const Global& global, const ImportOptions& options, const Console& console) {
  return Import(global, options, console).run();
}

}  // namespace mesh::cli
