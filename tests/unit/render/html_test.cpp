#include "html.hpp"

#include <set>

#include <catch2/catch.hpp>

using namespace mesh::render;

TEST_CASE("text and attributes cannot leave their place") {
  html::Writer out;
  out.open("p").attribute("title", "\"><script>'&").text("</p><b>&\x1b[31m\u202e").close();
  CHECK(
      out.take() ==
      "<!DOCTYPE html>\n<p title=\"&quot;&gt;&lt;script&gt;&#39;&amp;\">&lt;/p&gt;&lt;b&gt;&amp;\\x1b[31m\\u202e</p>");
}

TEST_CASE("elements without content have no end") {
  html::Writer out;
  out.open("p").open("br").close().open("input").flag("disabled").close().close();
  CHECK(out.take() == "<!DOCTYPE html>\n<p><br><input disabled></p>");
}

TEST_CASE("no text becomes a scheme or a way out of the site") {
  CHECK(html::Url::page("ports/a/b.html", "domains/x.html").text() == "../../domains/x.html");
  CHECK(html::Url::page("index.html", "domains/x.html").text() == "domains/x.html");
  CHECK(html::Url::mail("a@b.example?cc=x\" onclick=").text() == "mailto:a@b.example%3fcc%3dx%22%20onclick%3d");
  CHECK(html::file_name("../../etc/passwd") == "~2e~2e~2f~2e~2e~2fetc~2fpasswd");
  CHECK(html::file_name("javascript:alert(1)") == "javascript~3aalert~281~29");
}

TEST_CASE("different names are different files, also where case does not count") {
  std::set<std::string> files;
  for (const char* name : {"orders", "Orders", "ORDERS", "or.ders", "or~2eders", "or_ders", "or-ders", "örders"})
    CHECK(files.insert(html::file_name(name)).second);
  for (const auto& file : files) {
    for (const char c : file) CHECK_FALSE((c >= 'A' && c <= 'Z'));
  }
}
