#pragma once
// What every page of the catalogue has: head, the way back, footer, and the parts they share.

#include <string>
#include <utility>
#include <vector>

#include "catalog_facts.hpp"
#include "html.hpp"

namespace mesh::render::catalog {

class Page {
 public:
  // `above`: titles and pages of what it is part of, outermost first; `called`: what it is called below them, where
  // that is not its title.
  Page(const Facts& facts, std::string path, const std::string& title,
       const std::vector<std::pair<std::string, std::string>>& above, const std::string& called = {});

  html::Writer& out() { return out_; }
  html::Url to(const std::string& page) const { return html::Url::page(path_, page); }
  const std::string& path() const { return path_; }
  void heading(const std::string& text);  // h2
  // A table in a part that scrolls by itself; rows follow with row(), then end_table().
  void table(const std::string& about, const std::vector<std::string>& columns);
  void row(const std::vector<std::string>& cells);
  void end_table();
  // dt and dd; nothing where the value is empty.
  void fact(const std::string& name, const std::string& value);
  void owner(const Domain& domain);
  void last_run(const std::string& domain);  // nothing where no account was asked
  void status(const Product& product);
  void deprecation(const Product& product);  // the banner; nothing where it is neither deprecated nor retired
  void code(const std::string& text);        // ready to be copied
  std::string end(bool with_search = false);

 private:
  const Facts& facts_;
  std::string path_;
  html::Writer out_;
};

}  // namespace mesh::render::catalog
