#pragma once
// What a domain publishes and what it consumes, as it is written.

#include "builder.hpp"

namespace mesh::manifest {

// `products:`, a map by name (or name@major), and `consumes:`, a list.
void read_products(const Site& site, const Node& products);
void read_consumes(const Site& site, const Node& consumes);

// Everything that needs all domains: objects, readers, the other side. Adds to the desired state what a product makes:
// what its readers need, and the memberships of the agreements in force.
class References;
void check_products(Build& build, References& references);

// What the manifests' columns promise of a port's objects.
Contract derived_contract(const State& state, const Product& product, const Port& port);

}  // namespace mesh::manifest
