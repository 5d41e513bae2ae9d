#pragma once
// `KEY = value` lists of CREATE and ALTER ... SET, and the names of UNSET.

#include <string_view>
#include <vector>

#include "parameters.hpp"

namespace mesh::sandbox {

struct PropertySpec {
  std::string_view name;
  ValueRule rule;
  std::string (*read)(Parser&) = nullptr;  // for what is no plain value: reads all behind `KEY =`
};
using PropertySpecs = std::vector<PropertySpec>;

struct Settings {
  Properties props;  // spelt as rules normalise them
  Properties params;
  bool empty() const { return props.empty() && params.empty(); }
};

// Reads settings as long as `KEY =` follows; blanks, commas and line ends part them. A key that is neither in `specs`
// nor a parameter of the kind is refused: invalid property 'X' for 'KIND'.
void read_settings(Parser& parser, Kind kind, const PropertySpecs& specs, Settings& settings);
// Comma-separated names after UNSET, each a property or a parameter of the kind.
std::vector<std::string> read_unset(Parser& parser, Kind kind, const PropertySpecs& specs);

void apply(const Settings& settings, Object& object);
void unset(const std::vector<std::string>& names, Object& object);

}  // namespace mesh::sandbox
