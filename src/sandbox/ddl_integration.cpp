// Storage integrations (docs: create-storage-integration, alter-storage-integration, desc-integration,
// data-load-s3-config-storage-integration). Integrations of other types are refused by name.

#include "integration.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "kept_list.hpp"
#include "mesh/base/digest.hpp"
#include "mesh/base/text.hpp"
#include "show_cells.hpp"
#include "sql_error.hpp"

namespace mesh::sandbox {
namespace {

constexpr std::string_view kProviders = "S3,S3GOV,S3CHINA,GCS,AZURE";
constexpr std::string_view kAws = "S3,S3GOV,S3CHINA";

bool lists(std::string_view list, std::string_view word) {
  const auto words = split(list, ',');
  return std::find(words.begin(), words.end(), word) != words.end();
}

enum class Form { Word, Text, Flag, Locations };

struct IntegrationProperty {
  std::string_view name;
  Form form;
  std::string_view providers;  // comma-separated
  std::string_view allowed;    // Word and Text: comma-separated, in upper case; empty: anything
  bool set, unset;             // by ALTER
};
// UNSET: the page has ENABLED, STORAGE_BLOCKED_LOCATIONS and COMMENT; the rest after the storage_integration entry.
constexpr IntegrationProperty kProperties[] = {
    {"TYPE", Form::Word, kProviders, "EXTERNAL_STAGE", false, false},
    {"STORAGE_PROVIDER", Form::Word, kProviders, kProviders, false, false},
    {"ENABLED", Form::Flag, kProviders, "", true, true},
    {"STORAGE_ALLOWED_LOCATIONS", Form::Locations, kProviders, "", true, false},
    {"STORAGE_BLOCKED_LOCATIONS", Form::Locations, kProviders, "", true, true},
    {"STORAGE_AWS_ROLE_ARN", Form::Text, kAws, "", true, false},
    {"STORAGE_AWS_EXTERNAL_ID", Form::Text, kAws, "", true, true},
    {"STORAGE_AWS_OBJECT_ACL", Form::Text, kAws, "BUCKET-OWNER-FULL-CONTROL", true, true},
    {"AZURE_TENANT_ID", Form::Text, "AZURE", "", true, false},
    {"USE_PRIVATELINK_ENDPOINT", Form::Flag, "S3,S3GOV,S3CHINA,AZURE", "", true, true},
    {"COMMENT", Form::Text, kProviders, "", true, true},
};

const IntegrationProperty& need_property(std::string_view name) {
  for (const auto& property : kProperties) {
    if (property.name == name) return property;
  }
  refuse_property(name, "STORAGE INTEGRATION");
}

std::string read_flag(const Value& value, std::string_view key) {
  const std::string text = to_lower(value.text);
  if (value.form == Value::Form::List || (text != "true" && text != "false")) refuse_property_value(value.text, key);
  return text;
}

std::string read_form(const IntegrationProperty& property, const Value& value) {
  const bool word = value.form == Value::Form::Text || value.form == Value::Form::Word;
  switch (property.form) {
    case Form::Flag:
      return read_flag(value, property.name);
    case Form::Locations:
      if (value.form != Value::Form::List || value.items.empty()) refuse_property_value(value.text, property.name);
      return kept_list(value.items);
    case Form::Word:
      if (!word || !lists(property.allowed, to_upper(value.text))) refuse_property_value(value.text, property.name);
      return to_upper(value.text);
    case Form::Text:
      if (!word || (!property.allowed.empty() && !lists(property.allowed, to_upper(value.text))))
        refuse_property_value(value.text, property.name);
      return value.text;
  }
  refuse_internal("form of a property");
}

Properties read_properties(Parser& p) {
  Properties props;
  while (p.peek().is_name() && p.at_symbol("=", 1)) {
    const auto& property = need_property(p.next().folded());
    p.expect_symbol("=");
    props[std::string(property.name)] = read_form(property, p.value());
    p.accept_symbol(",");
  }
  return props;
}

void check_provider(const std::string& provider, const Properties& props) {
  for (const auto& [key, value] : props) {
    if (!lists(need_property(key).providers, provider)) refuse_property(key, "STORAGE INTEGRATION");
  }
}

void need_options(const Properties& props) {
  const auto provider = props.find("STORAGE_PROVIDER");
  std::vector<std::string> missing;
  const auto want = [&](std::string_view key, bool wanted) {
    if (wanted && props.find(key) == props.end()) missing.emplace_back(key);
  };
  const std::string given = provider == props.end() ? "" : provider->second;
  want("TYPE", true);
  want("STORAGE_PROVIDER", true);
  want("STORAGE_ALLOWED_LOCATIONS", true);
  want("STORAGE_AWS_ROLE_ARN", lists(kAws, given));
  want("AZURE_TENANT_ID", given == "AZURE");
  if (!missing.empty())
    refuse_compilation("002029", "42601", fmt::format("Missing option(s): {}", join(missing, ", ")));
}

// An id of Snowflake's own making, the same as long as the integration lives.
std::string generated_external_id(const Running& run) {
  return fmt::format("{}_SFCRole=1_{}", run.home().name, base64(random_uuid()).substr(0, 24));
}

std::string location_of(const Object& integration, std::string_view property) {
  return join(list_of(integration, property), ",");
}

using Describe = std::string (*)(const Object&);
struct DescribedProperty {
  std::string_view name, type;
  std::string_view providers;
  std::string_view initial;
  Describe value = nullptr;  // null: the property's text
};
const DescribedProperty kDescribed[] = {
    {"ENABLED", "Boolean", kProviders, "false"},
    {"STORAGE_PROVIDER", "String", kProviders, ""},
    {"STORAGE_ALLOWED_LOCATIONS", "List", kProviders, "[]",
     [](const Object& o) { return location_of(o, "STORAGE_ALLOWED_LOCATIONS"); }},
    {"STORAGE_BLOCKED_LOCATIONS", "List", kProviders, "[]",
     [](const Object& o) { return location_of(o, "STORAGE_BLOCKED_LOCATIONS"); }},
    {"STORAGE_AWS_IAM_USER_ARN", "String", kAws, "",
     [](const Object&) -> std::string { return "arn:aws:iam::123456789001:user/abc1-b-self1234"; }},
    {"STORAGE_AWS_ROLE_ARN", "String", kAws, ""},
    {"STORAGE_AWS_OBJECT_ACL", "String", kAws, ""},
    {"STORAGE_AWS_EXTERNAL_ID", "String", kAws, "",
     [](const Object& o) {
       const std::string& own = o.prop("STORAGE_AWS_EXTERNAL_ID");
       return own.empty() ? o.prop("GENERATED_EXTERNAL_ID") : own;
     }},
    {"STORAGE_GCP_SERVICE_ACCOUNT", "String", "GCS", "",
     [](const Object&) -> std::string { return "service-account-id@sandbox.iam.gserviceaccount.com"; }},
    {"AZURE_TENANT_ID", "String", "AZURE", ""},
    {"AZURE_CONSENT_URL", "String", "AZURE", "",
     [](const Object& o) {
       return fmt::format("https://login.microsoftonline.com/{}/oauth2/authorize", o.prop("AZURE_TENANT_ID"));
     }},
    {"AZURE_MULTI_TENANT_APP_NAME", "String", "AZURE", "",
     [](const Object&) -> std::string { return "SandboxSnowflakePACInt"; }},
    {"USE_PRIVATELINK_ENDPOINT", "Boolean", "S3,S3GOV,S3CHINA,AZURE", "false"},
    {"COMMENT", "String", kProviders, ""},
};

bool inside(const std::string& url, const std::vector<std::string>& locations) {
  return std::any_of(locations.begin(), locations.end(),
                     [&](const auto& location) { return location == "*" || url.starts_with(location); });
}

}  // namespace

ResultSet create_integration(Running& run, const CreateHead& head) {
  Parser& p = run.parser;
  if (head.or_alter) refuse_unsupported("CREATE OR ALTER STORAGE INTEGRATION");
  if (head.or_replace && head.if_not_exists) p.unexpected();
  const std::string name = p.name();
  Object object;
  object.props = read_properties(p);
  p.expect_end();
  need_options(object.props);
  check_provider(object.prop("STORAGE_PROVIDER"), object.props);
  const Object* existing = check_create(run, head, run.home(), name);
  if (existing != nullptr && head.if_not_exists) return already_exists(name);
  if (existing != nullptr) put_away(run, *existing);
  object.props["GENERATED_EXTERNAL_ID"] = generated_external_id(run);
  object.props.emplace("ENABLED", "true");  // since bundle 2026_01
  make(run, head.kind, run.home(), name, std::move(object));
  return created(head.kind, name);
}

ResultSet alter_integration(Running& run, const Object& integration) {
  Parser& p = run.parser;
  if (p.at("SET TAG") || p.at("UNSET TAG")) refuse_unsupported("ALTER STORAGE INTEGRATION SET TAG");
  need_ownership(run, integration);
  Properties after = integration.props;
  if (p.accept("UNSET")) {
    do {
      const auto& property = need_property(p.name());
      if (!property.unset) refuse_property(property.name, "STORAGE INTEGRATION");
      after.erase(std::string(property.name));
    } while (p.accept_symbol(","));
    after.emplace("ENABLED", "true");
  } else {
    p.expect("SET");
    const Properties given = read_properties(p);
    if (given.empty()) p.unexpected();
    check_provider(integration.prop("STORAGE_PROVIDER"), given);
    for (const auto& [key, value] : given) {
      if (!need_property(key).set) refuse_property(key, "STORAGE INTEGRATION");
      after[key] = value;
    }
  }
  p.expect_end();
  run.catalog.edit(integration.id).props = std::move(after);
  touch(run, integration.id);
  return executed();
}

void check_location(const Running& run, const Object& integration, const std::string& url) {
  need_privilege(run, integration, "USAGE");
  // Documented of ENABLED = FALSE; its text is not.
  if (!integration.flag("ENABLED"))
    refuse_text(fmt::format("SQL compilation error:\nIntegration '{}' is not enabled.", integration.name));
  const bool allowed = inside(url, list_of(integration, "STORAGE_ALLOWED_LOCATIONS")) &&
                       !inside(url, list_of(integration, "STORAGE_BLOCKED_LOCATIONS"));
  if (allowed) return;
  // Code and words as field reports have them.
  refuse_compilation("003127", "42601",
                     fmt::format("Location '{}' is not allowed by integration '{}'. Please use DESC INTEGRATION to "
                                 "check out allowed and blocked locations.",
                                 url, integration.name));
}

const ShowColumns& integration_columns() {
  using namespace cells;  // NOLINT: the vocabulary of the table
  static const ShowColumns kIntegrations = {
      {"T:name", name},
      {"T:type", [](const Shown& s) { return prop_or_null(s, "TYPE"); }},
      {"T:category", [](const Shown&) -> Cell { return "STORAGE"; }},
      {"T:enabled", [](const Shown& s) { return prop_or(s, "ENABLED", "true"); }},
      {"T:comment", [](const Shown& s) { return prop_or_null(s, "COMMENT"); }},
      {"L:created_on", created_on},
  };
  return kIntegrations;
}

ResultSet describe_integration(Running& run) {
  const NameParts name{run.parser.name()};
  run.parser.expect_end();
  const Object& integration = need(run, Kind::Integration, name);
  need_privilege(run, integration, "USAGE");
  ResultSet result;
  result.columns = columns_of({"T:property", "T:property_type", "T:property_value", "T:property_default"});
  for (const auto& row : kDescribed) {
    if (!lists(row.providers, integration.prop("STORAGE_PROVIDER"))) continue;
    std::string value = row.value != nullptr ? row.value(integration) : integration.prop(row.name);
    if (value.empty() && row.type == "Boolean") value = row.initial;
    result.rows.push_back({std::string(row.name), std::string(row.type), std::move(value), std::string(row.initial)});
  }
  return result;
}

}  // namespace mesh::sandbox
