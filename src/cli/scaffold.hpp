#pragma once
// The texts that `mesh new` writes. Pure: names in, manifests out.

#include <optional>
#include <string>
#include <vector>

namespace mesh::cli::scaffold {

// A domain's first manifest; its database, roles and warehouse bear its name in upper case.
std::string domain_file(const std::string& name);

// mesh.yaml with a line for the domain behind those of the others. nullopt: `domains:` is not a block of lines, so a
// person must write it.
std::optional<std::string> with_domain(const std::string& mesh_file, const std::string& name);
std::string domain_line(const std::string& name);

struct Port {
  std::string domain, product, name;
  std::string database, reader;    // spelt as a manifest does; the reader is a database role of that database
  bool declares_database = false;  // the domain has none yet
  bool declares_reader = false;
  std::string schema, table;         // where the domain has nothing to publish yet: what is made for it; else empty
  std::vector<std::string> objects;  // addresses
};

// A file that declares a product with one port, and what the port needs and the domain has not.
std::string product_file(const Port& port);
// A file with what a further port needs and the domain has not; empty: nothing.
std::string needs_file(const Port& port);

// The manifest with the port put first under `ports:` of the product whose key stands in line `line` (from 1). nullopt:
// they are not written as blocks of lines.
std::optional<std::string> with_port(const std::string& manifest, int line, const Port& port);
// The lines of the port, each indented by so many blanks.
std::string port_lines(const Port& port, size_t indent);

struct Access {
  std::string port;  // sales/orders@1
  std::string role;
  std::string until;
  std::vector<std::string> columns;  // all that the port has
};
std::string access_file(const Access& access);

}  // namespace mesh::cli::scaffold
