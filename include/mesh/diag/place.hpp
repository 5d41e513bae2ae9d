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
};

// The files that were read. Only ever grows; index = Place::file.
class Sources {
 public:
  uint32_t add(std::string path, std::string text, std::string domain = {});
  size_t size() const { return files_.size(); }
  const SourceFile& file(uint32_t index) const { return files_[index]; }
  // "domains/sales/domain.yaml:8", with ":3" (the column in display cells) where `with_column`. Empty for an unknown
  // place.
  std::string describe(const Place& place, bool with_column = false) const;
  // The line's text without its newline.
  std::string_view line(const Place& place) const;

 private:
  std::vector<SourceFile> files_;
};

}  // namespace mesh
