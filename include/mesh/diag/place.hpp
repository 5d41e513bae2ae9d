#pragma once
// Where in the manifests something stands.

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mesh {

// A place in a file of `Sources`. Lines and columns count from 1, columns in bytes; line 0 means "no place".
struct Place {
  uint32_t file = 0;
  int line = 0;
  int column = 0;
  int length = 1;  // bytes that the caret underlines

  bool known() const { return line > 0; }
  friend auto operator<=>(const Place&, const Place&) = default;
};

struct SourceFile {
  std::string path;  // relative to the mesh root, with forward slashes
  std::string text;
  std::string domain;  // that it was read for; empty: for the whole mesh
  Place used_at{};     // of a blueprint: each use has a file of its own
};

// Where lines begin, and how many cells stand before a byte of a long line, without going through all of a text again:
// a mark for each block of some thousand bytes. Takes linear time to make, and of a block's bytes to ask.
class TextIndex {
 public:
  explicit TextIndex(std::string_view text);
  // The line's text without its newline; empty where there is no such line. `text` is what the index was made of.
  std::string_view line(std::string_view text, int number) const;
  // The display cells of line[0, bytes).
  size_t cells_before(std::string_view text, std::string_view line, size_t bytes) const;

 private:
  struct Mark {
    uint32_t newlines = 0;  // before the block
    uint32_t cells = 0;     // from the beginning of its line to the block's
  };
  size_t begin_of(std::string_view text, size_t number) const;

  std::vector<Mark> marks_;
};

// The files that were read. Only ever grows; index = Place::file.
class Sources {
 public:
  uint32_t add(std::string path, std::string text, std::string domain = {}, Place used_at = {});
  size_t size() const { return files_.size(); }
  const SourceFile& file(uint32_t index) const { return files_[index]; }
  // "domains/sales/domain.yaml:8", with ":3" (the column in display cells) where `with_column`. Empty for an unknown
  // place.
  std::string describe(const Place& place, bool with_column = false) const;
  // The line's text without its newline.
  std::string_view line(const Place& place) const;
  // The column in display cells, from 1.
  size_t column(const Place& place) const;

 private:
  std::vector<SourceFile> files_;
  std::vector<TextIndex> indexes_;  // of the files, in their order
};

}  // namespace mesh
