// mesh new: files to start from. Nothing is overwritten; what would not validate is taken back.
#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "commands.hpp"
#include "mesh/base/files.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/kind.hpp"
#include "scaffold.hpp"
#include "workflow.hpp"

namespace mesh::cli {
namespace {

namespace fs = std::filesystem;

constexpr int kDaysOfAccess = 365;

// A file to be made, or one that is there with something put in.
struct NewFile {
  std::string path;  // relative to the mesh root
  std::string text;
  bool is_there = false;
};

bool is_word(std::string_view text, std::string_view also) {
  const auto fits = [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           also.find(c) != std::string_view::npos;
  };
  return !text.empty() && std::all_of(text.begin(), text.end(), fits) && !(text[0] >= '0' && text[0] <= '9');
}

// "order-lines" as Snowflake's names are written without quotes.
std::string as_name(const std::string& word) {
  std::string name = to_upper(word);
  for (char& c : name) {
    if (c == '-' || c == '.') c = '_';
  }
  return name;
}

class Creator {
 public:
  Creator(const Global& global, const NewOptions& options, const Console& console)
      : global_(global), options_(options), console_(console) {}

  ExitCode run() {
    auto loaded = load_as_of(global_, {}, console_);
    if (const auto* code = std::get_if<ExitCode>(&loaded)) return *code;
    mesh_ = &std::get<DatedMesh>(loaded);
    const auto root = find_mesh(global_, console_);
    if (!root) return ExitCode::Violated;
    root_ = *root;
    if (options_.what == "domain") return domain();
    if (options_.what == "product") return product();
    if (options_.what == "port") return port();
    return access();
  }

 private:
  const Mesh& mesh() const { return mesh_->loaded.mesh; }
  const State& state() const { return mesh_->loaded.desired.state; }
  const Products& products() const { return mesh_->loaded.products; }

  ExitCode usage(const std::string& text) const { return console_.error(text), ExitCode::Usage; }

  // --- files

  // Makes them; where the manifests would not be valid then, everything is as before.
  ExitCode make(const std::vector<NewFile>& files, const std::string& next) const {
    for (const auto& file : files) {
      if (file.is_there || !fs::exists(root_ / file.path)) continue;
      console_.error(fmt::format("'{}' exists already; new overwrites nothing", file.path));
      return ExitCode::Refused;
    }
    std::vector<std::string> before;
    for (const auto& file : files) {
      auto text = file.is_there ? read_file(root_ / file.path) : Result<std::string>(std::string());
      if (!text) return console_.error(text.error().message), ExitCode::Failed;
      before.push_back(std::move(*text));
    }
    for (size_t i = 0; i < files.size(); ++i) {
      const auto written = write_file(root_ / files[i].path, files[i].text);
      if (written) continue;
      take_back(files, before, i);
      return console_.error(written.error().message), ExitCode::Failed;
    }
    Diagnostics diagnostics;
    Sources failed;
    manifest::LoadOptions load{root_};
    load.environment = global_.environment;
    const auto loaded = manifest::load(load, diagnostics, failed);
    if (!loaded || diagnostics.has_errors()) {
      console_.diagnostics(diagnostics, loaded ? loaded->sources : failed);
      take_back(files, before, files.size());
      console_.error("what mesh would have written does not fit this mesh, see above; nothing was changed");
      return ExitCode::Violated;
    }
    for (const auto& file : files)
      console_.result(fmt::format("{} {}\n", file.is_there ? "added to" : "made", file.path));
    console_.say("\n" + next);
    return ExitCode::Done;
  }

  void take_back(const std::vector<NewFile>& files, const std::vector<std::string>& before, size_t written) const {
    for (size_t i = 0; i < written; ++i) {
      std::error_code ec;
      if (!files[i].is_there) {
        fs::remove(root_ / files[i].path, ec);
      } else if (const auto put_back = write_file(root_ / files[i].path, before[i]); !put_back) {
        console_.error(put_back.error().message);
      }
    }
  }

  // --- a domain

  ExitCode domain() const {
    const auto& name = options_.name;
    if (!is_word(name, "_")) return usage(fmt::format("'{}' cannot be a domain: letters, digits and _", name));
    if (mesh().find(name) != nullptr) {
      console_.error(fmt::format("there is a domain {} already, in {}", name, mesh().find(name)->path));
      return ExitCode::Refused;
    }
    const auto mesh_file = read_file(root_ / "mesh.yaml");
    if (!mesh_file) return console_.error(mesh_file.error().message), ExitCode::Failed;
    std::vector<NewFile> files = {{"domains/" + name + "/domain.yaml", scaffold::domain_file(name)}};
    std::string next = fmt::format(
        "Next:\n"
        "  write its team and description into {0}\n"
        "  mesh -d {1} plan           what it would make; its roles and users: mesh bootstrap\n"
        "  mesh new product {1}/NAME  what it publishes\n"
        "  mesh codeowners            who reviews it",
        files[0].path, name);
    if (auto with = scaffold::with_domain(*mesh_file, name)) {
      files.push_back({"mesh.yaml", std::move(*with), true});
    } else {
      next = fmt::format(
          "Put this line under domains: in mesh.yaml, which is not written in lines of its own there:\n"
          "  {}\n{}",
          scaffold::domain_line(name), next);
    }
    return make(files, next);
  }

  // --- a product, a port

  // "sales/orders" in its parts; one fewer where -d names the domain.
  std::optional<std::vector<std::string>> parts(size_t wanted) const {
    auto words = split(options_.name, '/');
    if (words.size() + 1 == wanted && global_.domains.size() == 1) words.insert(words.begin(), global_.domains.front());
    const bool fits = words.size() == wanted &&
                      std::all_of(words.begin(), words.end(), [](const auto& word) { return is_word(word, "_-"); });
    if (!fits) {
      console_.error(fmt::format("'{}' names no {}: write {}", options_.name, options_.what,
                                 wanted == 2 ? "DOMAIN/PRODUCT" : "DOMAIN/PRODUCT/PORT"));
      return std::nullopt;
    }
    if (mesh().find(words[0]) != nullptr) return words;
    std::vector<std::string> names;
    for (const auto& domain : mesh().domains) names.push_back(domain.name);
    const auto near = nearest(words[0], names);
    console_.error(fmt::format("there is no domain '{}'; {}", words[0],
                               near.empty() ? "there are: " + join(names, ", ") : "did you mean " + near + "?"));
    return std::nullopt;
  }

  // What the port publishes: the addresses given, or the domain's relation that is called so.
  std::optional<std::vector<ObjectId>> objects_of(const std::string& domain, const std::string& called) const {
    std::vector<ObjectId> found;
    for (const auto& address : options_.objects) {
      const auto id = parse_address(address);
      if (!id) return console_.error(id.error().message), std::nullopt;
      const auto live = mesh().as_live(*id);
      if (state().find(live) == nullptr)
        return console_.error(fmt::format("{} is declared nowhere", id->address())), std::nullopt;
      found.push_back(*id);
    }
    if (!options_.objects.empty()) return found;
    for (const auto& [id, object] : state().objects) {
      const bool fits =
          object.domain == domain && kinds::of(id.kind).is_relation && id.name.last().stored() == as_name(called);
      if (fits) return std::vector<ObjectId>{mesh().as_written(id)};
    }
    return found;
  }

  // The domain's first database; nothing where it has none.
  std::optional<Name> database_of(const std::string& domain) const {
    for (const auto& [id, object] : state().objects) {
      if (id.kind == KindId::Database && object.domain == domain && object.find("from_share") == nullptr)
        return mesh().as_written(id).name.first();
    }
    return std::nullopt;
  }

  bool is_reader_of_another(const ObjectId& live) const {
    for (const auto& [key, each] : products().all) {
      for (const auto& [name, port] : each.ports) {
        if (port.reader == live) return true;
      }
    }
    return false;
  }

  // A database role that reads no other port: one that is declared under this name, or a new one.
  void choose_reader(scaffold::Port& port, const Name& database) const {
    for (const auto* form : {"{}_READER", "{}_PORT_READER", "{}_PRODUCT_READER"}) {
      const auto name = Name::exact(fmt::format(fmt::runtime(form), as_name(port.name)));
      const auto written = QualifiedName({database, name});
      const auto live = mesh().as_live({KindId::DatabaseRole, written});
      if (is_reader_of_another(live)) continue;
      port.reader = written.display();
      port.declares_reader = state().find(live) == nullptr;
      return;
    }
  }

  // Fills in what depends on the domain; false after it was said why there can be no such port.
  bool fill(scaffold::Port& port, bool may_make_table) const {
    const auto objects = objects_of(port.domain, port.name);
    if (!objects) return false;
    auto database = objects->empty() ? database_of(port.domain) : std::optional(objects->front().name.first());
    port.declares_database = !database;
    if (!database) database = Name::exact(as_name(port.domain));
    port.database = database->display();
    for (const auto& id : *objects) port.objects.push_back(id.address());
    if (objects->empty() && !may_make_table) {
      console_.error(
          fmt::format("domain {} declares nothing that is called {}; say what the port publishes: "
                      "--object 'view {}.SCHEMA.{}'",
                      port.domain, as_name(port.name), port.database, as_name(port.name)));
      return false;
    }
    if (objects->empty()) {
      port.table = as_name(port.name);
      port.schema = port.table + "_V1";
      port.objects = {fmt::format("table {}.{}.{}", port.database, port.schema, port.table)};
    }
    choose_reader(port, *database);
    return true;
  }

  const Product* newest(const std::string& domain, const std::string& name) const {
    const Product* found = nullptr;
    for (const auto& [key, each] : products().all) {
      if (key.domain == domain && key.product == name) found = &each;
    }
    return found;
  }

  ExitCode product() const {
    const auto words = parts(2);
    if (!words) return ExitCode::Usage;
    if (const Product* there = newest((*words)[0], (*words)[1])) {
      console_.error(fmt::format("{} is declared already, in {}; a further way to read it: mesh new port {}/NAME",
                                 there->display(), mesh_->loaded.sources.describe(there->place), options_.name));
      return ExitCode::Refused;
    }
    scaffold::Port port{.domain = (*words)[0], .product = (*words)[1], .name = (*words)[1]};
    if (!fill(port, true)) return ExitCode::Usage;
    const std::string path = fmt::format("{}/products/{}.yaml", mesh().find(port.domain)->path, port.product);
    return make({{path, scaffold::product_file(port)}},
                fmt::format("Next:\n"
                            "  read {0}: what stands there as 'Say here' is yours to say\n"
                            "  status: active           lets others in\n"
                            "  mesh -d {1} plan         what it would make\n"
                            "  others ask for it with   mesh -d THEIRS new access {1}/{2}@1",
                            path, port.domain, port.product));
  }

  ExitCode port() const {
    const auto words = parts(3);
    if (!words) return ExitCode::Usage;
    const auto& [domain, name, called] = std::tie((*words)[0], (*words)[1], (*words)[2]);
    const Product* there = newest(domain, name);
    if (there == nullptr)
      return usage(
          fmt::format("there is no product {}/{}; make it: mesh new product {}/{}", domain, name, domain, name));
    if (const auto known = there->ports.find(called); known != there->ports.end()) {
      console_.error(fmt::format("{} has a port {} already, in {}", there->display(), called,
                                 mesh_->loaded.sources.describe(known->second.place)));
      return ExitCode::Refused;
    }
    scaffold::Port port{.domain = domain, .product = name, .name = called};
    if (!fill(port, false)) return ExitCode::Usage;
    const auto& source = mesh_->loaded.sources.file(there->place.file);
    const auto text = read_file(root_ / source.path);
    if (!text) return console_.error(text.error().message), ExitCode::Failed;
    auto with = source.used_at.known() ? std::nullopt : scaffold::with_port(*text, there->place.line, port);
    if (!with) {
      console_.error(fmt::format("the ports of {} are not written in lines of their own; put this under ports: in {}",
                                 there->display(), mesh_->loaded.sources.describe(there->place)));
      console_.result(scaffold::needs_file(port) + scaffold::port_lines(port, 6));
      return ExitCode::Failed;
    }
    std::vector<NewFile> files = {{source.path, std::move(*with), true}};
    if (auto needs = scaffold::needs_file(port); !needs.empty()) {
      files.push_back(
          {fmt::format("{}/products/{}-{}.yaml", mesh().find(domain)->path, name, called), std::move(needs)});
    }
    return make(files, fmt::format("Next:\n"
                                   "  a new port is a minor version of the product: raise it in {0}\n"
                                   "  others ask for it with   mesh -d THEIRS new access {1}/{2}/{3}@{4}",
                                   source.path, domain, name, called, there->version.major));
  }

  // --- a request for access

  std::optional<std::string> role_of(const std::string& domain) const {
    if (!options_.role.empty()) {
      const auto grantee = parse_grantee(options_.role);
      if (grantee && grantee->type == GranteeType::Role) return grantee->name.display();
      return console_.error(fmt::format("'{}' cannot consume a port: an account role does", options_.role)),
             std::nullopt;
    }
    std::vector<std::string> roles;
    for (const auto& [id, object] : state().objects) {
      if (id.kind == KindId::Role && object.domain == domain) roles.push_back(mesh().as_written(id).display());
    }
    if (roles.size() == 1) return roles.front();
    console_.error(
        roles.empty()
            ? fmt::format("domain {} declares no role that could read it; say which: --as ROLE", domain)
            : fmt::format("which role of domain {} shall read it? --as one of: {}", domain, join(roles, ", ")));
    return std::nullopt;
  }

  const Port* published(const PortId& id) const {
    const Port* port = products().find_port(id);
    if (port != nullptr) return port;
    std::vector<std::string> ports;
    for (const auto& [key, each] : products().all) {
      for (const auto& [name, unused] : each.ports)
        ports.push_back(PortId{key.domain, key.product, name, key.major}.display());
    }
    const auto near = nearest(id.display(), ports);
    std::string help = near.empty() ? std::string() : fmt::format("; did you mean {}?", near);
    if (help.empty() && !ports.empty()) help = "; there are: " + join(ports, ", ");
    console_.error(fmt::format("nobody publishes {}{}", id.display(), help));
    return nullptr;
  }

  ExitCode access() const {
    const auto id = parse_port(options_.name);
    if (!id) return usage(id.error().message);
    if (global_.domains.size() != 1) return usage("which domain asks? Say it with -d DOMAIN");
    const auto& domain = global_.domains.front();
    if (domain == id->domain) return usage(fmt::format("{} is domain {}'s own", id->display(), domain));
    const Port* port = published(*id);
    const auto role = port == nullptr ? std::nullopt : role_of(domain);
    if (!role) return ExitCode::Usage;
    scaffold::Access access{id->display(), *role, days_after(mesh_->date, kDaysOfAccess), {}};
    for (const auto& object : port->contract.objects) {
      for (const auto& column : object.columns) access.columns.push_back(column.name.display());
    }
    const Product& product = *products().find(*id);
    const std::string path = fmt::format("{}/consumes/{}-{}{}-{}.yaml", mesh().find(domain)->path, id->domain,
                                         id->product, id->port.empty() ? "" : "-" + id->port, id->major);
    std::string next =
        product.approves_all
            ? fmt::format("Next: {} lets in whoever asks; the grant comes with the next mesh -d {} apply.",
                          id->display(), id->domain)
            : fmt::format(
                  "Next:\n"
                  "  write into {} what for, and which columns\n"
                  "  domain {} approves by a line in {}, under the product:\n"
                  "    approves:\n"
                  "      - {{domain: {}, port: {}@{}, as: role {}, until: {}}}\n"
                  "  then the grant comes with the next mesh -d {} apply",
                  path, id->domain, mesh_->loaded.sources.file(product.place.file).path, domain,
                  id->port.empty() ? id->product : id->product + "/" + id->port, id->major, *role, access.until,
                  id->domain);
    if (product.status != ProductStatus::Active)
      next += fmt::format("\n{} is {}: nobody is let in before it is active.", product.display(),
                          to_string(product.status));
    return make({{path, scaffold::access_file(access)}}, next);
  }

  const Global& global_;
  const NewOptions& options_;
  const Console& console_;
  const DatedMesh* mesh_ = nullptr;
  fs::path root_;
};

}  // namespace

ExitCode run_new(const Global& global, const NewOptions& options, const Console& console) {
  return Creator(global, options, console).run();
}

}  // namespace mesh::cli
