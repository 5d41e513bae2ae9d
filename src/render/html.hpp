#pragma once
// HTML and SVG, escaped by type: elements and attributes are literals of this program, links are made from pages and
// addresses, everything else is text. There is no way to append a string as it is.

#include <string>
#include <string_view>
#include <vector>

namespace mesh::render::html {

class Literal {
 public:
  template <size_t N>
  consteval Literal(const char (&text)[N]) : text_(text, N - 1) {}
  constexpr std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

// Where a link leads. Text cannot become a scheme: every link begins with one of the forms below.
class Url {
 public:
  // From one file of the site to another, both relative to its folder and made of file_name().
  static Url page(std::string_view from, std::string_view to);
  static Url mail(std::string_view address);
  // A place on the same page: its id.
  static Url place(std::string_view id);
  const std::string& text() const { return text_; }

 private:
  explicit Url(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

// The name as part of a file's path, different for different names also where letters of two cases count as one:
// a-z, 0-9, - and _ stay, everything else becomes ~ and its hexadecimal digits.
std::string file_name(std::string_view name);

class Writer {
 public:
  Writer& open(Literal element);
  Writer& attribute(Literal name, std::string_view value);  // neither href nor src: those take a Url
  Writer& attribute(Literal name, const Url& url);
  Writer& attribute(Literal name, int value) { return attribute(name, std::string_view(std::to_string(value))); }
  Writer& flag(Literal name);           // an attribute without a value
  Writer& text(std::string_view text);  // control characters and marks that turn the direction are made visible
  Writer& close();
  // open, text, close
  Writer& element(Literal name, std::string_view text);
  // open("a"), its href, text, close
  Writer& link(const Url& url, std::string_view text);
  Writer& line();  // a line break in the source
  // Everything that was opened must be closed.
  std::string take();

 private:
  void end_tag_head();
  void put(Literal name, std::string_view value);
  std::string out_ = "<!DOCTYPE html>\n";
  std::vector<std::string_view> open_;
  bool in_head_ = false;  // behind <element, where attributes may still follow
};

}  // namespace mesh::render::html
