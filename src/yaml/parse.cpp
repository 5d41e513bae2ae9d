#include "mesh/yaml/parse.hpp"

#include <algorithm>
#include <array>
#include <istream>
#include <map>
#include <streambuf>
#include <unordered_map>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/node/node.h>
#include <yaml-cpp/parser.h>

#include "mesh/base/text.hpp"
#include "raw_text.hpp"

namespace mesh::yaml {
namespace {

// What aliases may add to one file.
constexpr size_t kMaxAliasNodes = 500'000;
constexpr size_t kMaxAliasBytes = size_t{32} << 20;

// Ends the parsing of a file whose tree cannot be trusted; the reason has been reported.
struct Stop {};

class ViewBuffer : public std::streambuf {
 public:
  explicit ViewBuffer(std::string_view text) {
    char* begin = const_cast<char*>(text.data());  // NOLINT: streambuf has no read-only form; nothing is written
    setg(begin, begin, begin + text.size());
  }
};

struct Extent {
  size_t nodes = 0, bytes = 0, depth = 0;
};
Extent extent_of(const Node& node) {
  Extent all{1, node.text.size(), node.items.empty() ? size_t{0} : size_t{1}};
  for (const auto& item : node.items) {
    const auto one = extent_of(item);
    all.nodes += one.nodes;
    all.bytes += one.bytes;
    all.depth = std::max(all.depth, one.depth + 1);
  }
  return all;
}

class Builder : public YAML::EventHandler {
 public:
  Builder(const RawText& raw, Diagnostics& diagnostics) : raw_(raw), diagnostics_(diagnostics) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  // The mark of an empty value is the next token's, that of a written ~ or null its own.
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto at = raw_.skip_properties(offset(mark));
    const auto rest = raw_.rest_of_line(at);
    Node node;
    node.place = stack_.empty() ? raw_.place(at) : stack_.back().node.place;
    if (in_value()) node.place = stack_.back().node.items.back().place;
    for (const std::string_view word : {"~", "null", "Null", "NULL"}) {
      if (rest.substr(0, word.size()) == word) node.place = raw_.place(at, word.size());
    }
    add(std::move(node), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto at = offset(mark);
    const auto place = raw_.place(at, raw_.word(at).size());
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end())
      stop("MESH1010", place, "the alias stands inside what it repeats", "an alias repeats what ends above it");
    const auto extent = extent_of(found->second);
    alias_nodes_ += extent.nodes;
    alias_bytes_ += extent.bytes;
    if (alias_nodes_ > kMaxAliasNodes || alias_bytes_ > kMaxAliasBytes) {
      stop("MESH1010", place, "the aliases of this file expand to too much",
           fmt::format("at most {} values", with_thousands(kMaxAliasNodes)));
    }
    check_depth(stack_.size() + extent.depth, place);
    add(found->second, 0);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    const auto at = raw_.skip_properties(offset(mark));
    refuse_tag(tag, mark);
    Node node;
    node.type = NodeType::Scalar;
    node.text = value;
    const char first = at < raw_.text().size() ? raw_.text()[at] : '\0';
    if (tag == "?" || tag.empty()) {
      place_plain(node, at);
    } else if (first == '"' || first == '\'') {
      place_quoted(node, at);
    } else {
      place_block(node, at);
    }
    add(std::move(node), anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    open(NodeType::List, mark, tag, anchor, style);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    open(NodeType::Map, mark, tag, anchor, style);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapEnd() override {
    drop_duplicate_keys(stack_.back().node, diagnostics_);
    close();
  }

  Node take() { return std::move(root_); }
  const Ranges& texts() const { return texts_; }

  // A flow collection that is not closed yet, for the note of a syntax error.
  const Place* open_bracket() const {
    return !stack_.empty() && stack_.back().flow ? &stack_.back().node.place : nullptr;
  }
  // Where the last quoted scalar began and ended.
  const std::optional<std::pair<size_t, size_t>>& last_quote() const { return last_quote_; }

 private:
  struct Open {
    Node node;
    YAML::anchor_t anchor = 0;
    bool flow = false;
    int column = 0;
  };

  size_t offset(const YAML::Mark& mark) const { return raw_.offset(mark.line, mark.column); }

  [[noreturn]] void stop(const char* code, Place place, std::string summary, std::string help) {
    diagnostics_.error(code, place, std::move(summary), std::move(help));
    throw Stop{};
  }

  void check_depth(size_t depth, Place place) {
    if (depth <= kMaxDepth) return;
    stop("MESH1009", place, fmt::format("values are nested deeper than {}", kMaxDepth),
         "is a bracket not closed, or an indentation wrong?");
  }

  void refuse_tag(const std::string& tag, const YAML::Mark& mark) {
    if (tag.empty() || tag == "?" || tag == "!") return;
    const auto at = offset(mark);
    const auto written = raw_.word(at);
    diagnostics_.error("MESH1008", raw_.place(at, written.size()),
                       fmt::format("the YAML tag '{}' is not used here", written),
                       "a text that looks like a number is written in quotes");
  }

  void open(NodeType type, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
            YAML::EmitterStyle::value style) {
    refuse_tag(tag, mark);
    const auto at = raw_.skip_properties(offset(mark));
    Open opened;
    opened.node.type = type;
    opened.node.place = raw_.place(at);
    opened.anchor = anchor;
    opened.flow = style == YAML::EmitterStyle::Flow;
    opened.column = opened.node.place.column - 1;
    check_depth(stack_.size() + 1, opened.node.place);
    stack_.push_back(std::move(opened));
  }

  void close() {
    auto done = std::move(stack_.back());
    stack_.pop_back();
    add(std::move(done.node), done.anchor);
  }

  bool in_value() const {
    return !stack_.empty() && stack_.back().node.is_map() && stack_.back().node.items.size() % 2 == 1;
  }
  bool in_key() const {
    return !stack_.empty() && stack_.back().node.is_map() && stack_.back().node.items.size() % 2 == 0;
  }

  void add(Node node, YAML::anchor_t anchor) {
    if (in_key()) check_key(node);
    if (anchor != 0) anchors_[anchor] = node;
    if (stack_.empty()) {
      root_ = std::move(node);
    } else {
      stack_.back().node.items.push_back(std::move(node));
    }
  }

  void check_key(const Node& key) {
    if (key.is_scalar() && key.style == Style::Plain && key.text == "<<") {
      stop("MESH1008", key.place, "the merge key '<<' is not supported", "an alias can stand for a whole value");
    }
    if (key.is_scalar()) return;
    const bool braces = key.is_map() && stack_.back().flow;
    stop("MESH1011", key.place, "a key must be a word or a quoted text",
         key.is_null() ? "write null in quotes where it is a name"
         : braces      ? "'{{ … }}' needs quotes around it"
                       : "write the names one by one");
  }

  void place_plain(Node& node, size_t at) {
    const auto line = raw_.rest_of_line(at);
    const bool whole = line.substr(0, node.text.size()) == node.text;
    node.layout = whole ? Layout::Line : Layout::Other;
    node.place = raw_.place(at, whole ? node.text.size() : line.size());
  }

  void place_quoted(Node& node, size_t at) {
    node.style = Style::Quoted;
    const auto end = raw_.quote_end(at);
    if (!end) {
      stop("MESH1005", raw_.place(at),
           fmt::format("the {} quote is never closed", raw_.text()[at] == '"' ? "double" : "single"), "");
    }
    last_quote_ = {at, *end};
    texts_.emplace_back(at, *end);
    check_behind_quote(at, *end);
    node.place = raw_.place(at, *end - at);
    if (raw_.text().substr(at + 1, *end - at - 2) == node.text && node.text.find('\n') == std::string::npos) {
      node.layout = Layout::Line;
    }
  }

 public:
  // Reports and stops where more text stands right behind a closing quote.
  void check_behind_quote(size_t begin, size_t end) {
    const auto rest = raw_.rest_of_line(end);
    const auto first = rest.find_first_not_of(" \t");
    if (first == std::string_view::npos || std::string_view("#,]}:").find(rest[first]) != std::string_view::npos)
      return;
    auto& error = diagnostics_.error("MESH1003", raw_.place(end + first), "text follows the closing quote",
                                     raw_.text()[begin] == '\'' ? "inside single quotes a quote is written ''"
                                                                : "inside double quotes a quote is written \\\"");
    error.notes.push_back({"the quote opens here", raw_.place(begin)});
    throw Stop{};
  }

 private:
  void place_block(Node& node, size_t at) {
    node.style = Style::Block;
    const int parent = stack_.empty() ? -1 : stack_.back().column;
    const auto block = raw_.block(at, parent);
    texts_.emplace_back(block.begin, block.end);
    node.layout = block.literal ? Layout::Block : Layout::Other;
    const auto line = raw_.rest_of_line(block.begin);
    const auto blanks = std::min(block.indent, line.size());
    node.place = raw_.place(block.begin + blanks, line.size() - blanks);
    node.place.line = block.line + 1;
    node.place.column = static_cast<int>(block.indent) + 1;
  }

  const RawText& raw_;
  Diagnostics& diagnostics_;
  std::vector<Open> stack_;
  Node root_;
  std::map<YAML::anchor_t, Node> anchors_;
  size_t alias_nodes_ = 0, alias_bytes_ = 0;
  Ranges texts_;
  std::optional<std::pair<size_t, size_t>> last_quote_;
};

// The library's words for a syntax error, and ours.
struct SyntaxRow {
  std::string_view theirs;
  const char* code;
  const char* summary;
  const char* help;
  size_t back = 0;  // bytes that the library stands behind the mistake
};
constexpr auto kSyntax = std::to_array<SyntaxRow>({
    {"end of map not found", "MESH1003", "this line does not fit what stands above it",
     "a key is written 'key: value', all keys of one map at the same column"},
    {"end of sequence not found", "MESH1003", "this line does not fit the list above it",
     "each entry begins with '- ', all at the same column"},
    {"end of map flow not found", "MESH1003", "the map in braces is not closed", "a ',' or '}' is missing"},
    {"end of sequence flow not found", "MESH1003", "the list in brackets is not closed", "a ',' or ']' is missing"},
    {"illegal flow end", "MESH1003", "this bracket closes nothing that is open",
     "take it out, or write the text in quotes"},
    {"illegal block entry", "MESH1003", "a list entry cannot stand here", "a list begins on a line of its own"},
    {"illegal map key", "MESH1003", "a key cannot stand here", ""},
    {"illegal map value", "MESH1003", "a ':' cannot stand here", "a text that holds ': ' is written in quotes"},
    {"unknown token", "MESH1003", "no value begins with this character", "write it in quotes"},
    {"illegal document indicator", "MESH1005", "a quoted text runs into a document marker", ""},
    {"illegal EOF", "MESH1005", "a quoted text is never closed", ""},
    {"illegal tab", "MESH1006", "a tab indents this line; YAML indents with blanks", "write blanks instead"},
    {"unknown escape character", "MESH1003", "this escape does not exist in double quotes",
     "a backslash is written \\\\; single quotes take it as it is", 2},
    {"bad character found while scanning hex", "MESH1003", "the escape needs hexadecimal digits", ""},
    {"invalid unicode", "MESH1003", "the escape is no character", ""},
    {"the referenced anchor is not defined", "MESH1010", "no anchor of this name stands above it",
     "an anchor is written &name, in the same file"},
    {"cannot assign multiple", "MESH1003", "a value has one anchor at most", ""},
    {"unexpected character in block scalar", "MESH1003", "only '+', '-' and a digit may follow '|' or '>'", ""},
    {"alias not found after", "MESH1003", "a '*' begins an alias", "a text that begins with '*' is written in quotes"},
    {"anchor not found after", "MESH1003", "a '&' begins an anchor",
     "a text that begins with '&' is written in quotes"},
    {"illegal character found while scanning alias", "MESH1003", "this character cannot stand in an alias",
     "a text that begins with '*' is written in quotes"},
    {"illegal character found while scanning anchor", "MESH1003", "this character cannot stand in an anchor",
     "a text that begins with '&' is written in quotes"},
});

void report_syntax(const YAML::ParserException& exception, const RawText& raw, Builder& builder,
                   Diagnostics& diagnostics) {
  const auto at = raw.offset(exception.mark.line, exception.mark.column);
  const auto line_end = at + raw.rest_of_line(at).size();
  if (!check_tabs(raw, builder.texts(), line_end, diagnostics)) return;
  if (at > 0 && raw.text().substr(at - 1, 2) == "${") {
    diagnostics.error("MESH1003", raw.place(at - 1, 2), "inside { } and [ ] a variable needs quotes",
                      "write \"${name}\"; it keeps the type of its value");
    return;
  }
  const auto* row = std::find_if(kSyntax.begin(), kSyntax.end(),
                                 [&](const auto& each) { return exception.msg.rfind(each.theirs, 0) == 0; });
  if (row == kSyntax.end()) {
    diagnostics.error("MESH1003", raw.place(at), fmt::format("this is no YAML: {}", exception.msg));
    return;
  }
  const size_t length = std::string_view(row->code) == "MESH1010" ? raw.word(at).size() : 1;
  auto& error = diagnostics.error(row->code, raw.place(at - std::min(at, row->back), length), row->summary, row->help);
  const bool unclosed = row->theirs.ends_with("flow not found");
  if (const auto* bracket = builder.open_bracket(); unclosed && bracket != nullptr)
    error.notes.push_back({"the bracket opens here", *bracket});
  const auto& quote = builder.last_quote();
  if (!quote) return;
  const auto opened = raw.place(quote->first), closed = raw.place(quote->second - 1);
  if (opened.line != closed.line && closed.line >= error.place.line - 1) {
    error.notes.push_back({fmt::format("the quoted text that ends on line {} opens here", closed.line), opened});
  }
}

// The place of anything behind the document; nullopt: the file ends there.
class Beyond : public YAML::EventHandler {
 public:
  std::optional<YAML::Mark> mark;
  void OnDocumentStart(const YAML::Mark& at) override { mark = at; }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override { throw Stop{}; }
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
    throw Stop{};
  }
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
    throw Stop{};
  }
  void OnMapEnd() override {}
};

bool check_end(YAML::Parser& parser, const RawText& raw, Diagnostics& diagnostics) {
  Beyond beyond;
  try {
    if (!parser.HandleNextDocument(beyond)) return true;
  } catch (const Stop&) {
    // Its first value is enough.
  }
  if (!beyond.mark) return true;
  const auto at = raw.offset(beyond.mark->line, beyond.mark->column);
  const auto line = raw.rest_of_line(at);
  diagnostics.error("MESH1007", raw.place(at, line.size()),
                    line.substr(0, 3) == "---" ? "a file holds one document; here a second one begins"
                                               : "text follows the end of the document",
                    "put it in a file of its own, or take it out");
  return false;
}

}  // namespace

void drop_duplicate_keys(Node& map, Diagnostics& diagnostics) {
  std::unordered_map<std::string_view, size_t> seen;
  seen.reserve(map.pairs());
  std::vector<size_t> again;
  for (size_t i = 0; i < map.pairs(); ++i) {
    const auto [it, first] = seen.emplace(map.key(i).text, i);
    if (first) continue;
    again.push_back(i);
    auto& error = diagnostics.error("MESH1004", map.key(i).place,
                                    fmt::format("the key '{}' stands here again", it->first), "keep one of them");
    error.notes.push_back({"it stands here first", map.key(it->second).place});
  }
  for (auto i = again.rbegin(); i != again.rend(); ++i) {
    const auto at = map.items.begin() + static_cast<std::ptrdiff_t>(2 * *i);
    map.items.erase(at, at + 2);
  }
}

std::optional<Node> parse(std::string_view text, uint32_t file, Diagnostics& diagnostics) {
  // A byte-order mark is no column, here as in Sources.
  if (text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);
  if (text.size() > kMaxFileBytes) {
    diagnostics.error("MESH1012", Place{file, 1, 1, 1},
                      fmt::format("the file has {} bytes; at most 16 MB are read",
                                  with_thousands(static_cast<long long>(text.size()))),
                      "split it: all files of a domain merge");
    return std::nullopt;
  }
  const RawText raw(text, file);
  if (!check_bytes(text, raw, diagnostics)) return std::nullopt;
  ViewBuffer buffer(text);
  std::istream in(&buffer);
  Builder builder(raw, diagnostics);
  try {
    YAML::Parser parser(in);
    parser.HandleNextDocument(builder);
    if (!check_end(parser, raw, diagnostics)) return std::nullopt;
  } catch (const Stop&) {
    return std::nullopt;
  } catch (const YAML::ParserException& exception) {
    report_syntax(exception, raw, builder, diagnostics);
    return std::nullopt;
  }
  if (!check_tabs(raw, builder.texts(), text.size(), diagnostics)) return std::nullopt;
  return builder.take();
}

}  // namespace mesh::yaml
