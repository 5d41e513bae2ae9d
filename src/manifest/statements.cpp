// statements: objects of kinds that mesh does not know, by their SQL: NAME: {create, drop, read}, in a domain that a
// governing one lets have them by statements: {allowed_in: [DOMAIN]}.
#include <algorithm>

#include <fmt/format.h>

#include "builder.hpp"
#include "mesh/base/text.hpp"

namespace mesh::manifest {
namespace {

constexpr std::string_view kAllowedIn = "allowed_in";

// Clauses whose text is a secret: plan, log and ledger would repeat it.
constexpr std::string_view kSecrets[] = {
    "PASSWORD",       "SECRET_STRING",   "OAUTH_CLIENT_SECRET", "OAUTH_REFRESH_TOKEN",
    "AWS_SECRET_KEY", "AZURE_SAS_TOKEN", "MASTER_KEY",          "PRIVATE_KEY",
    "API_KEY",        "TOKEN",           "BEARER_TOKEN",        "CLIENT_SECRET",
    "AWS_TOKEN",      "AWS_KEY_ID"};

class StatementReader {
 public:
  explicit StatementReader(const Site& site) : site_(site), diagnostics_(site.build.diagnostics) {}

  void one(const Node& key, const Node& body) {
    const auto name = read_name(key.text, key.place, "a statement", diagnostics_);
    if (!name || !expect_map(body, fmt::format("statement {}", key.text), diagnostics_)) return;
    check_keys(body, {"create", "drop", "read"}, "statement", diagnostics_);
    Object object;
    object.id = {KindId::Statement, QualifiedName({*name})};
    object.domain = site_.domain.name;
    object.place = key.place;
    read_object_texts(site_, body, object);
    if (object.texts.size() < kinds::of(KindId::Statement).texts.size()) return;
    if (!only_reads(object) || !keeps_secrets(object)) return;
    const auto [it, fresh] = site_.build.state.objects.emplace(object.id, object);
    if (fresh) return;
    auto& error = diagnostics_.error("MESH1105", key.place, fmt::format("{} is declared twice", object.id.address()),
                                     "their names are the whole mesh's: give one another name");
    error.notes.push_back({"it is declared here first", it->second.place});
  }

 private:
  // What is sent for every plan, also by roles that may do more than read.
  bool only_reads(const Object& object) {
    const auto& read = *object.text("read");
    const auto tokens = sql::tokenize(read.text);
    if (!tokens) return false;  // told by read_object_texts
    const auto first = std::find_if(tokens->begin(), tokens->end(),
                                    [](const sql::Token& token) { return token.type != sql::TokenType::Comment; });
    const std::string word = first == tokens->end() ? std::string() : to_upper(first->in(read.text));
    const bool is_chained = std::any_of(tokens->begin(), tokens->end(),
                                        [&](const sql::Token& token) {
                                          return token.type == sql::TokenType::Symbol &&
                                                 (token.in(read.text) == "->>" || token.in(read.text) == ";");
                                        }) ||
                            read.text.find("->>") != std::string::npos;
    if ((word == "SHOW" || word == "DESCRIBE" || word == "DESC") && !is_chained) return true;
    diagnostics_.error("MESH1304", read.place, fmt::format("read: it may only be SHOW or DESCRIBE, alone"),
                       "the object is there where it answers with a row: SHOW … LIKE 'NAME' IN …");
    return false;
  }

  bool keeps_secrets(const Object& object) {
    bool good = true;
    for (const auto& [key, text] : object.texts) {
      const auto tokens = sql::tokenize(text.text);
      if (!tokens) continue;
      std::vector<sql::Token> words;
      for (const auto& token : *tokens) {
        if (token.type != sql::TokenType::Comment) words.push_back(token);
      }
      for (size_t i = 0; i + 2 < words.size(); ++i) {
        const std::string word = to_upper(words[i].in(text.text));
        const bool is_secret = std::find(std::begin(kSecrets), std::end(kSecrets), word) != std::end(kSecrets) &&
                               words[i + 1].in(text.text) == "=" && words[i + 2].type == sql::TokenType::String;
        if (!is_secret) continue;
        diagnostics_.error("MESH1304", text.place, fmt::format("{}: {} would stand in plans and logs", key, word),
                           "make what holds a secret by hand, and name it from here");
        good = false;
      }
    }
    return good;
  }

  const Site& site_;
  Diagnostics& diagnostics_;
};

void read_allowance(const Site& site, const Node& key, const Node& domains) {
  if (!site.domain.governs) {
    site.diagnostics().error("MESH1405", key.place, fmt::format("domain {} cannot allow statements", site.domain.name),
                             "a domain with governs: true in mesh.yaml does");
    return;
  }
  const auto& all = site.build.mesh.domains;
  for (const auto& text : read_texts(domains, kAllowedIn, site.diagnostics())) {
    const bool known =
        std::any_of(all.begin(), all.end(), [&](const Domain& domain) { return domain.name == text.text; });
    std::vector<std::string> names;
    for (const auto& domain : all) names.push_back(domain.name);
    if (known) {
      site.build.statements_allowed.insert(text.text);
    } else {
      site.diagnostics().error("MESH1203", text.place, fmt::format("there is no domain '{}'", text.text),
                               did_you_mean(text.text, names, fmt::format("there are: {}", join(names, ", "))));
    }
  }
}

}  // namespace

void read_statements(const Site& site, const Node& map) {
  if (!expect_map(map, "statements", site.diagnostics())) return;
  StatementReader reader(site);
  for (const auto& [key, value] : entries(map)) {
    if (key.text == kAllowedIn && !value.is_map()) {
      read_allowance(site, key, value);
    } else {
      reader.one(key, value);
    }
  }
}

void check_statements(Build& build) {
  for (const auto& [id, object] : build.state.objects) {
    if (id.kind != KindId::Statement || build.statements_allowed.count(object.domain) > 0) continue;
    build.diagnostics.error(
        "MESH1405", object.place, fmt::format("domain {} may have no statements: none allows it", object.domain),
        fmt::format("a governing domain's manifest lets it: statements: {{allowed_in: [{}]}}", object.domain));
  }
}

}  // namespace mesh::manifest
