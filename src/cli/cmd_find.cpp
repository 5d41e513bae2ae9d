// mesh find: what in the manifests bears or mentions a text; needs no account.
#include <fmt/format.h>

#include "commands.hpp"
#include "mesh/base/text.hpp"
#include "mesh/render/rows.hpp"
#include "workflow.hpp"

namespace mesh::cli {
namespace {

class Finder {
 public:
  Finder(const manifest::Loaded& loaded, const std::set<std::string>& domains, std::string_view text)
      : loaded_(loaded), domains_(domains), text_(to_lower(text)) {
    rows_.columns = {"address", "domain", "found", "where"};
  }

  Rows run() {
    for (const auto& [id, object] : loaded_.desired.state.objects) {
      if (domains_.count(object.domain) > 0) look_at(object);
    }
    for (const auto& [key, attachment] : loaded_.desired.state.attachments) look_at(attachment);
    for (const auto& [key, grant] : loaded_.desired.state.grants) look_at(key.grantee, key.address(), grant);
    for (const auto& [key, membership] : loaded_.desired.state.memberships)
      look_at(key.member, key.address(), membership);
    for (const auto& [key, product] : loaded_.products.all) look_at(product);
    for (const auto& request : loaded_.products.requests) look_at(request);
    return std::move(rows_);
  }

 private:
  bool has(std::string_view text) const { return to_lower(text).find(text_) != std::string::npos; }

  // A text with a dot is part of a full name, as the account has it or as the manifests do.
  bool is_named(const ObjectId& id) const {
    if (text_.find('.') == std::string::npos) return false;
    return has(id.name.display()) || has(loaded_.mesh.as_written(id).name.display());
  }

  void add(const Object& object, const std::string& address, std::string found, const Place& place) {
    rows_.rows.push_back({address, object.domain, std::move(found), loaded_.sources.describe(place)});
  }

  void look_at(const Object& object) {
    const std::string address = object.id.address();
    if (has(object.id.name.last().stored()) || is_named(object.id)) add(object, address, "name", object.place);
    for (const auto& [name, property] : object.properties) {
      const std::string* text = property.value.text();
      if (text != nullptr && has(*text)) {
        add(object, address, fmt::format("{}: {}", name, to_display(property.value)),
            property.place.known() ? property.place : object.place);
      }
    }
    if (object.owner && has(object.owner->stored())) add(object, address, "owner", object.place);
    for (const auto& [key, text] : object.texts) {
      if (has(text.text)) add(object, address, key, text.place);
    }
    for (const auto& column : object.columns) {
      const std::string of_column = "column " + object.id.name.child(column.name).display();
      if (has(column.name.stored())) add(object, of_column, column.type.to_string(), column.place);
      if (has(column.comment)) add(object, of_column, "comment: " + to_display(Value(column.comment)), column.place);
    }
  }

  void add(const std::string& address, const std::string& domain, std::string found, const Place& place) {
    if (domains_.count(domain) > 0)
      rows_.rows.push_back({address, domain, std::move(found), loaded_.sources.describe(place)});
  }

  // Grants and memberships by who gets them: what they are on is found by its own name.
  template <typename Given>
  void look_at(const Grantee& grantee, const std::string& address, const Given& given) {
    if (has(grantee.name.last().stored())) add(address, given.domain, "to " + grantee.display(), given.place);
  }

  void look_at(const Product& product) {
    const std::string address = "product " + product.display();
    if (has(product.display())) add(address, product.domain, "name", product.place);
    if (has(product.description))
      add(address, product.domain, "description: " + to_display(Value(product.description)), product.place);
    for (const auto& [name, port] : product.ports) {
      const PortId id{product.domain, product.name, name, product.version.major};
      if (has(id.display()) || has(port.description)) add(address, product.domain, "port " + id.display(), port.place);
    }
    for (const auto& approval : product.approvals) {
      if (has(approval.domain) || has(approval.as.name.last().stored()))
        add(address, product.domain, fmt::format("lets in {} of {}", approval.as.display(), approval.domain),
            approval.place);
    }
  }

  void look_at(const Request& request) {
    const std::string address = fmt::format("{} consumes {}", request.domain, request.port.display());
    if (has(address) || has(request.as.name.last().stored()))
      add(address, request.domain, "as " + request.as.display(), request.place);
    if (has(request.purpose))
      add(address, request.domain, "purpose: " + to_display(Value(request.purpose)), request.place);
  }

  // Tags by name and value, policies by name, with what bears them.
  void look_at(const Attachment& attachment) {
    const Object* bearer = loaded_.desired.state.find(attachment.key.bearer.object);
    if (bearer == nullptr || domains_.count(bearer->domain) == 0) return;
    const ObjectId id{attachment.key.kind, attachment.name};
    if (!has(id.name.last().stored()) && !is_named(id) && !has(attachment.value)) return;
    add(*bearer, attachment.key.bearer.address(),
        id.address() + (attachment.key.kind == KindId::Tag ? " = " + to_display(Value(attachment.value)) : ""),
        attachment.place);
  }

  const manifest::Loaded& loaded_;
  const std::set<std::string>& domains_;
  std::string text_;
  Rows rows_;
};

}  // namespace

ExitCode run_find(const Global& global, const FindOptions& options, const Console& console) {
  auto manifests = load_manifests(global, console);
  if (const auto* code = std::get_if<ExitCode>(&manifests)) return *code;
  const auto& loaded = std::get<LoadedMesh>(manifests).loaded;
  if (!check_domains(global, loaded.mesh, console)) return ExitCode::Usage;
  if (options.text.empty()) return console.error("mesh find wants a text"), ExitCode::Usage;
  const auto rows = Finder(loaded, planned_domains(global, loaded.mesh), options.text).run();
  if (global.format == Format::Json) {
    console.result(render::rows_json(rows));
  } else if (global.format == Format::Csv) {
    console.result(render::rows_csv(rows));
  } else if (rows.rows.empty()) {
    console.say(fmt::format("Nothing in the manifests bears or mentions '{}'.", options.text));
  } else {
    console.result(render::rows_table(rows));
  }
  return ExitCode::Done;
}

}  // namespace mesh::cli
