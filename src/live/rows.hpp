#pragma once
// Cells by column name, looked up once for a whole answer.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/base/text.hpp"
#include "mesh/ident/name.hpp"
#include "mesh/model/connection.hpp"

namespace mesh::live {

using Row = std::vector<std::optional<std::string>>;

class Field {
 public:
  Field(const Rows& rows, std::string_view name) : at_(rows.column(name)) {}
  bool exists() const { return at_.has_value(); }
  bool is_null(const Row& row) const { return !at_ || *at_ >= row.size() || !row[*at_]; }
  std::string_view in(const Row& row) const { return is_null(row) ? std::string_view() : std::string_view(*row[*at_]); }
  Name name(const Row& row) const { return Name::exact(std::string(in(row))); }
  // Booleans read 'Y', 'true', 'TRUE', 'ON' or 'YES', by command.
  bool is_true(const Row& row) const {
    const auto text = in(row);
    return iequals(text, "true") || iequals(text, "y") || iequals(text, "yes") || iequals(text, "on");
  }

 private:
  std::optional<size_t> at_;
};

std::optional<int64_t> whole_number(std::string_view text);  // of the whole text; none for anything else
// "1791499253.282" (seconds) or nanoseconds of 19 digits -> epoch milliseconds as text; anything else as it is.
std::string epoch_milliseconds(std::string_view text);

}  // namespace mesh::live
