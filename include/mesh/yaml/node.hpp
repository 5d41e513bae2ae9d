#pragma once
// A manifest as a tree of our own: what was written and where, nothing of the YAML library.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/diag/place.hpp"

namespace mesh::yaml {

enum class NodeType : uint8_t { Null, Scalar, List, Map };
enum class Style : uint8_t { Plain, Quoted, Block };
// How offsets in a scalar's text lead back to the file.
enum class Layout : uint8_t {
  Line,   // the text stands as it is on one line
  Block,  // the lines of a `|` block, all at one column
  File,   // a whole file (query_file)
  Other,  // folded or with escapes: everything points at the beginning
};

// text[begin, end) came from a variable that stood at [source_begin, source_end) of the text as written.
struct Shift {
  size_t begin = 0, end = 0, source_begin = 0, source_end = 0;
};

struct Node {
  NodeType type = NodeType::Null;
  Style style = Style::Plain;
  Layout layout = Layout::Other;
  bool from_variable = false;  // the scalar was nothing but ${name}: it has the type of the value
  Place place;                 // of a block scalar: its first line of content
  std::string text;
  std::vector<Node> items;  // List: the elements. Map: key, value, key, value, ...
  std::vector<Shift> shifts;

  bool is_map() const { return type == NodeType::Map; }
  bool is_list() const { return type == NodeType::List; }
  bool is_null() const { return type == NodeType::Null; }
  bool is_scalar() const { return type == NodeType::Scalar; }
  // Maps only.
  size_t pairs() const { return items.size() / 2; }
  const Node& key(size_t i) const { return items[2 * i]; }
  const Node& value(size_t i) const { return items[2 * i + 1]; }
  const Node* find(std::string_view name) const;  // nullptr: not there, or no map
  const Node* find_key(std::string_view name) const;

  // YAML 1.2: what a plain scalar says beside text. `yes`, `on` and dates say nothing.
  bool is_boolean() const;
  bool is_integer() const;

  // The place of `length` bytes of the text from `offset`. For many of one text: PlaceCursor.
  Place place_in(size_t offset, size_t length = 1) const;
};

// Places in one node's text, found without going through the text anew for each as long as the offsets ascend. The node
// outlives it.
class PlaceCursor {
 public:
  explicit PlaceCursor(const Node& node);
  Place at(size_t offset, size_t length = 1);

 private:
  void rewind();

  const Node& node_;
  size_t line_begin_ = 0, line_end_ = 0;  // bytes of the text
  int lines_ = 0;                         // before it
};

}  // namespace mesh::yaml
