#include "mesh/render/codeowners.hpp"

#include <catch2/catch.hpp>

using namespace mesh;

namespace {

Domain domain(const char* name, const char* path, const char* team, bool account = false) {
  Domain made;
  made.name = name;
  made.path = path;
  made.team = team;
  made.account = account;
  return made;
}

// Without the comment at the top.
std::string rows(const Mesh& mesh, const std::string& prefix = {}) {
  const auto text = render::codeowners({mesh, "acme", prefix});
  const auto at = text.find("\n", text.find("\n#") + 1) + 1;
  return text.substr(at);
}

}  // namespace

TEST_CASE("each domain's folder is its team's, everything else the platform's, and the deeper line stands below") {
  Mesh mesh;
  mesh.domains = {domain("a_lab", "domains/sales/lab", "Sales Lab"), domain("platform", "platform", "platform", true),
                  domain("sales", "domains/sales", "@other/sales_data")};
  CHECK(rows(mesh) ==
        "*                    @acme/platform\n"
        "/domains/sales/      @other/sales_data\n"
        "/domains/sales/lab/  @acme/sales-lab\n"
        "/platform/           @acme/platform\n");
}

TEST_CASE("a mesh below the repository's folder speaks for that folder only") {
  Mesh mesh;
  mesh.domains = {domain("platform", "platform", "Platform (EU) ", true)};
  CHECK(rows(mesh, "estate/") ==
        "/estate/           @acme/platform-eu\n"
        "/estate/platform/  @acme/platform-eu\n");
}

TEST_CASE("what patterns cannot say is said as any letter") {
  Mesh mesh;
  mesh.domains = {domain("x", "domains/a b[1]x*", "x")};
  CHECK(rows(mesh) == "/domains/a\\ b?1?x?/  @acme/x\n");
}

TEST_CASE("differences are the lines of either side, in order") {
  CHECK(render::line_differences("a\nb\nc\n", "a\nc\nd\n") == "- b\n+ d\n");
  CHECK(render::line_differences("", "a\n") == "+ a\n");
  CHECK(render::line_differences("a\n", "a\n") == "");
}
