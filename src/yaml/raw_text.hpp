#pragma once
// What the YAML library does not tell: where scalars end in the bytes of the file, and what it swallows silently.

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "mesh/diag/diagnostic.hpp"

namespace mesh::yaml {

// The bytes of a file with their lines. Lines and columns are the library's: from 0, columns in bytes.
class RawText {
 public:
  RawText(std::string_view text, uint32_t file);

  std::string_view text() const { return text_; }
  size_t offset(int line, int column) const;
  Place place(size_t offset, size_t length = 1) const;
  // The bytes from `offset` to the end of its line, without the line break.
  std::string_view rest_of_line(size_t offset) const;
  // To the next blank, or sign of a flow collection: a tag or an alias as it is written.
  std::string_view word(size_t offset) const;

  // Past anchors, tags and the blanks and comments behind them.
  size_t skip_properties(size_t offset) const;
  // Past blanks, line breaks and comments.
  size_t skip_blank(size_t offset) const;
  // Just behind the closing quote of the scalar that opens at `offset`; nullopt: it is never closed.
  std::optional<size_t> quote_end(size_t offset) const;

  struct Block {
    size_t begin = 0, end = 0;  // of the content: whole lines
    int line = 0;               // of the first content line, from 0
    size_t indent = 0;          // bytes before the content of each line
    bool literal = true;        // `|`, not `>`
  };
  // The content of the block scalar whose `|` or `>` stands at `offset`, in a container at column `parent` (-1: none).
  Block block(size_t offset, int parent) const;

 private:
  size_t line_of(size_t offset) const;
  std::string_view text_;
  uint32_t file_;
  std::vector<size_t> lines_;  // where each line begins
};

// Refuses bytes that are no UTF-8 text: UTF-16, invalid sequences, control characters. True: the bytes are sound.
bool check_bytes(std::string_view text, const RawText& raw, Diagnostics& diagnostics);

using Ranges = std::vector<std::pair<size_t, size_t>>;  // ascending, of quoted scalars and blocks
// Refuses a tab before `limit` that is neither in `texts` nor in a comment; the first one is reported.
bool check_tabs(const RawText& raw, const Ranges& texts, size_t limit, Diagnostics& diagnostics);

}  // namespace mesh::yaml
