#include "html.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "mesh/base/printable.hpp"
#include "mesh/base/result.hpp"

namespace mesh::render::html {
namespace {

// Elements without content or end (the HTML standard, void elements).
constexpr std::array<std::string_view, 6> kVoid = {"meta", "link", "input", "br", "hr", "img"};

bool is_void(std::string_view element) { return std::find(kVoid.begin(), kVoid.end(), element) != kVoid.end(); }

// The same five characters everywhere: right in text and in attributes between double quotes.
std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

bool is_plain(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; }

std::string encoded(std::string_view text, char mark, std::string_view also) {
  std::string out;
  for (const char c : text) {
    if (is_plain(c) || also.find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += fmt::format("{}{:02x}", mark, static_cast<unsigned char>(c));
    }
  }
  return out;
}

}  // namespace

Url Url::page(std::string_view from, std::string_view to) {
  std::string up;
  for (const char c : from) {
    if (c == '/') up += "../";
  }
  return Url(up + std::string(to));
}

Url Url::mail(std::string_view address) {
  return Url("mailto:" + encoded(address, '%', "ABCDEFGHIJKLMNOPQRSTUVWXYZ.@+~"));
}

Url Url::place(std::string_view id) { return Url("#" + std::string(id)); }

std::string file_name(std::string_view name) { return encoded(name, '~', ""); }

void Writer::end_tag_head() {
  if (in_head_) out_ += '>';
  in_head_ = false;
}

Writer& Writer::open(Literal element) {
  end_tag_head();
  out_ += '<';
  out_ += element.text();
  open_.push_back(element.text());
  in_head_ = true;
  return *this;
}

void Writer::put(Literal name, std::string_view value) {
  MESH_ASSERT(in_head_);
  out_ += ' ';
  out_ += name.text();
  out_ += "=\"" + escaped(printable(value)) + "\"";
}

Writer& Writer::attribute(Literal name, std::string_view value) {
  MESH_ASSERT(name.text() != "href" && name.text() != "src");
  put(name, value);
  return *this;
}

Writer& Writer::attribute(Literal name, const Url& url) {
  put(name, url.text());
  return *this;
}

Writer& Writer::flag(Literal name) {
  MESH_ASSERT(in_head_);
  out_ += ' ';
  out_ += name.text();
  return *this;
}

Writer& Writer::text(std::string_view text) {
  end_tag_head();
  out_ += escaped(printable(text));
  return *this;
}

Writer& Writer::close() {
  MESH_ASSERT(!open_.empty());
  end_tag_head();
  if (!is_void(open_.back())) out_ += fmt::format("</{}>", open_.back());
  open_.pop_back();
  return *this;
}

Writer& Writer::element(Literal name, std::string_view content) { return open(name).text(content).close(); }

Writer& Writer::link(const Url& url, std::string_view content) {
  return open("a").attribute("href", url).text(content).close();
}

Writer& Writer::line() {
  end_tag_head();
  out_ += '\n';
  return *this;
}

std::string Writer::take() {
  MESH_ASSERT(open_.empty());
  return std::move(out_);
}

}  // namespace mesh::render::html
