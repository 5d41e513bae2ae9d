#include "mesh/base/digest.hpp"

#include <catch2/catch.hpp>

using namespace mesh;

TEST_CASE("digests agree with the published vectors") {
  // FIPS 180-2 appendix B.1 and RFC 4648 section 10.
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(base64("") == "");
  CHECK(base64("foob") == "Zm9vYg==");
  CHECK(base64("foobar") == "Zm9vYmFy");
  CHECK(base64url("\xfb\xff") == "-_8");
}

TEST_CASE("base64 is read back, and nothing else is taken for it") {
  for (const std::string text : {"a", "ab", "abc", "\xff\x01 binary"}) CHECK(base64_decoded(base64(text)) == text);
  for (const char* wrong : {"", "YQ", "YQ=", "Y===", "====", "Y Q=", "*Q==", "YQ==\n"}) {
    INFO(wrong);
    CHECK_FALSE(base64_decoded(wrong).has_value());
  }
}
