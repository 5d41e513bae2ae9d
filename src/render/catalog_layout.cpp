#include "catalog_layout.hpp"

#include <fmt/format.h>

namespace mesh::render::catalog {

Page::Page(const Facts& facts, std::string path, const std::string& title,
           const std::vector<std::pair<std::string, std::string>>& above, const std::string& called)
    : facts_(facts), path_(std::move(path)) {
  const auto& mesh = facts.view.mesh.name;
  out_.open("html").attribute("lang", "en").line().open("head").line();
  out_.open("meta").attribute("charset", "utf-8").close().line();
  out_.open("meta").attribute("name", "viewport").attribute("content", "width=device-width, initial-scale=1").close();
  out_.line().element("title", above.empty() ? title : fmt::format("{} - {}", title, mesh)).line();
  out_.open("link").attribute("rel", "stylesheet").attribute("href", to("style.css")).close().line();
  out_.close().line().open("body").line();
  out_.open("a").attribute("class", "skip").attribute("href", html::Url::place("main")).text("To the content").close();
  out_.line().open("header").open("nav").attribute("aria-label", "Where you are").open("ol");
  for (const auto& [name, page] : above) out_.open("li").link(to(page), name).close();
  out_.open("li").attribute("aria-current", "page").text(called.empty() ? title : called).close();
  out_.close().close().close().line();
  out_.open("main").attribute("id", "main").line().element("h1", title).line();
}

void Page::heading(const std::string& text) { out_.element("h2", text).line(); }

void Page::table(const std::string& about, const std::vector<std::string>& columns) {
  out_.open("div").attribute("class", "scroll").attribute("tabindex", 0).attribute("role", "region");
  out_.attribute("aria-label", about).open("table").open("thead").open("tr");
  for (const auto& column : columns) out_.open("th").attribute("scope", "col").text(column).close();
  out_.close().close().open("tbody").line();
}

void Page::row(const std::vector<std::string>& cells) {
  out_.open("tr");
  for (const auto& cell : cells) out_.element("td", cell);
  out_.close().line();
}

void Page::end_table() { out_.close().close().close().line(); }

void Page::fact(const std::string& name, const std::string& value) {
  if (!value.empty()) out_.element("dt", name).element("dd", value).line();
}

void Page::owner(const Domain& domain) {
  out_.element("dt", "Owner").open("dd").link(to(page_of_domain(domain.name)), domain.name).text(", team ");
  out_.text(domain.team);
  if (!domain.team_email.empty()) out_.text(", ").link(html::Url::mail(domain.team_email), domain.team_email);
  out_.close().line();
}

void Page::last_run(const std::string& domain) {
  if (facts_.view.live == nullptr) return;
  const auto run = facts_.view.live->runs.find(domain);
  if (run == facts_.view.live->runs.end()) return fact("Last applied", "no run is known");
  const auto& [at, commit, outcome] = run->second;
  fact("Last applied",
       fmt::format("{}{}{}", at, commit.empty() ? "" : ", commit " + commit, outcome.empty() ? "" : ": " + outcome));
}

void Page::status(const Product& product) {
  out_.open("p").open("span").attribute("class", std::string("badge ") + to_string(product.status));
  out_.text(to_string(product.status)).close().text(fmt::format(" version {}", product.version.display())).close();
  out_.line();
}

void Page::deprecation(const Product& product) {
  const bool ends = product.status == ProductStatus::Deprecated || product.status == ProductStatus::Retired;
  if (!ends && !product.deprecation) return;
  out_.open("div").attribute("class", "banner").attribute("role", "note").open("p").open("strong");
  out_.text(product.status == ProductStatus::Retired ? "This product is retired." : "This product is going away.");
  out_.close();
  if (const auto& dates = product.deprecation) {
    const auto date = [&](const char* words, const PlacedDate& placed) {
      if (!placed.date.empty()) out_.text(fmt::format(" {} {}.", words, placed.date));
    };
    date("Announced", dates->announced);
    date("Supported until", dates->end_of_support);
    date("Gone after", dates->end_of_life);
    const Product* successor = dates->successor ? facts_.view.products.find(*dates->successor) : nullptr;
    if (successor != nullptr) out_.text(" Use ").link(to(page_of(*successor)), successor->display()).text(" instead.");
  }
  out_.close().close().line();
}

void Page::code(const std::string& text) { out_.open("pre").open("code").text(text).close().close().line(); }

std::string Page::end(bool with_search) {
  out_.close().line().open("footer").open("p").attribute("class", "dim");
  out_.text(fmt::format("{}, environment {}, as the manifests are on {}{}. Made by mesh catalog.",
                        facts_.view.mesh.name, facts_.view.mesh.environment.name, facts_.view.date,
                        facts_.view.live == nullptr ? ""
                                                    : fmt::format(", with what account {} said on {}",
                                                                  facts_.view.live->account, facts_.view.live->date)));
  out_.close().close().line();
  if (with_search) {
    for (const char* script : {"index.js", "catalog.js"})
      out_.open("script").attribute("src", to(script)).close().line();
  }
  out_.close().line().close().line();
  return out_.take();
}

}  // namespace mesh::render::catalog
