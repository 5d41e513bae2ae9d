#include <fmt/format.h>

#include "list.hpp"
#include "mesh/base/text.hpp"
#include "mesh/sql/token.hpp"

namespace mesh::check {
namespace {

// The words and symbols of a body without its comments; texts as they are written.
std::vector<std::string> tokens_of(const std::string& body) {
  std::vector<std::string> words;
  const auto tokens = sql::tokenize(body);
  if (!tokens.ok()) return words;
  for (const auto& token : *tokens) {
    if (token.type == sql::TokenType::Comment) continue;
    const auto text = token.in(body);
    words.push_back(token.type == sql::TokenType::Word ? to_upper(text) : std::string(text));
  }
  return words;
}

// governance-objects.json, masking_policy: a dotted name in IS_DATABASE_ROLE_IN_SESSION is silently FALSE.
std::string wrong(const std::string& body) {
  const auto words = tokens_of(body);
  const auto at = [&](size_t i) { return i < words.size() ? std::string_view(words[i]) : std::string_view(); };
  for (size_t i = 0; i < words.size(); ++i) {
    if (at(i) == "IS_DATABASE_ROLE_IN_SESSION" && at(i + 1) == "(" && at(i + 2).find('.') != std::string_view::npos &&
        at(i + 2).front() == '\'')
      return fmt::format("IS_DATABASE_ROLE_IN_SESSION({}): a name with a dot is never found, so it is always FALSE",
                         at(i + 2));
    if (at(i) != "CURRENT_ROLE" || at(i + 1) != "(" || at(i + 2) != ")") continue;
    const auto before = i == 0 ? std::string_view() : at(i - 1);
    if (at(i + 3) == "=" || at(i + 3) == "IN" || before == "=")
      return "CURRENT_ROLE() is compared: who holds the role through another one is not let in";
  }
  return {};
}

void check(const View& view, const Parameters&, Findings& findings) {
  for (const auto kind : {KindId::MaskingPolicy, KindId::RowAccessPolicy}) {
    view.each_object(kind, [&](const Object& policy) {
      const auto* body = policy.text("body");
      if (body == nullptr) return;
      const auto subject = view.subject(policy);
      const auto why = wrong(body->text);
      findings.judge(subject, why.empty() ? "" : fmt::format("{}: {}", subject.shown, why),
                     "write IS_ROLE_IN_SESSION('ROLE'), or IS_DATABASE_ROLE_IN_SESSION('ROLE') with the role's name "
                     "alone");
    });
  }
}

}  // namespace

constinit const Rule kPolicyRoleTests = {
    {.id = "policy-role-tests",
     .code = "PII-06",
     .level = RuleLevel::Error,
     .title = "Bodies of policies ask for roles in a way that answers.",
     .why =
         "IS_DATABASE_ROLE_IN_SESSION looks the role up in the protected object's database, and is silently FALSE for "
         "a name with a dot; CURRENT_ROLE() = … does not see inherited roles.",
     .mend = "Use IS_ROLE_IN_SESSION, or IS_DATABASE_ROLE_IN_SESSION with the role's name alone."},
    check};

}  // namespace mesh::check
