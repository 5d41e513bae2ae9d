#include <catch2/catch.hpp>

#include "mesh/base/process.hpp"
#include "mesh/base/temporary_folder.hpp"

using namespace mesh;
using Catch::Contains;

TEST_CASE("a program's words and its end are told") {
  const TemporaryFolder folder;
  const auto done =
      run_program({"sh", "-c", "pwd -P; echo wrong >&2; echo \"$MESH_X\"; exit 3"}, folder.path(), {{"MESH_X", "a b"}});
  REQUIRE(done);
  CHECK(done->code == 3);
  CHECK(done->out == std::filesystem::canonical(folder.path()).string() + "\na b\n");
  CHECK(done->err == "wrong\n");
}

TEST_CASE("arguments are never read by a shell, and there is nothing to read") {
  const auto echoed = run_program({"printf", "%s", "$HOME; `id` \"x\""}, "/");
  REQUIRE(echoed);
  CHECK(echoed->out == "$HOME; `id` \"x\"");
  const auto read = run_program({"cat"}, "/");
  REQUIRE(read);
  CHECK(read->code == 0);
  CHECK(read->out.empty());
}

TEST_CASE("a program that tells much on both sides is read to its end, up to the limit") {
  const std::string much =
      "i=0; while [ $i -lt 3000 ]; do echo 0123456789012345678901234567890123456789; "
      "echo 0123456789012345678901234567890123456789 >&2; i=$((i+1)); done";
  const auto done = run_program({"sh", "-c", much}, "/");
  REQUIRE(done);
  CHECK(done->out.size() == 3000 * 41);
  CHECK(done->err.size() == 3000 * 41);
  const auto cut = run_program({"sh", "-c", "while :; do echo 0123456789; done"}, "/", {}, 100'000);
  REQUIRE_FALSE(cut);
  CHECK_THAT(cut.error().message, Contains("told more than 100000 bytes"));
}

TEST_CASE("a program that is not there, and one that is killed") {
  const auto none = run_program({"mesh-has-no-such-program"}, "/");
  REQUIRE_FALSE(none);
  CHECK_THAT(none.error().message, Contains("'mesh-has-no-such-program' cannot be run: No such file"));
  const auto killed = run_program({"sh", "-c", "kill -TERM $$"}, "/");
  REQUIRE(killed);
  CHECK(killed->code == 128 + 15);
}
