#include "catalog_picture.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "mesh/base/printable.hpp"
#include "mesh/base/text.hpp"

namespace mesh::render::catalog {
namespace {

constexpr int kRow = 18, kHead = 30, kGapX = 70, kGapY = 16, kWidest = 44;
constexpr size_t kMostRows = 10, kMostObjects = 60;
constexpr int kDeepest = 6;

struct Box {
  std::string title, kind, page;
  bool is_here = false;
  int layer = 0;  // 0 at the left
  std::vector<std::string> rows;
  size_t more = 0;  // rows that are not shown
  int x = 0, y = 0, width = 0, height = 0;
  int row_y(const std::string& row) const {
    const auto at = std::find(rows.begin(), rows.end(), row);
    return at == rows.end() ? y + kHead / 2 : y + kHead + static_cast<int>(at - rows.begin()) * kRow + kRow / 2;
  }
};

struct Line {
  std::string from, to;          // keys of boxes
  std::string from_row, to_row;  // empty: the boxes themselves
  bool is_waiting = false;       // an agreement that is not in force
  friend auto operator<=>(const Line&, const Line&) = default;
};

// How far each object is from the port: its own are 0, what they read at least 1.
std::map<ObjectId, int> depths(const Facts& facts, const PortOf& port) {
  std::map<ObjectId, int> depth;
  std::vector<ObjectId> open;
  for (const auto& object : port.port->objects) {
    depth.emplace(object.id, 0);
    open.push_back(object.id);
  }
  while (!open.empty()) {
    const ObjectId id = open.back();
    open.pop_back();
    for (const auto& source : facts.lineage.sources(id)) {
      const int wanted = depth.at(id) + 1;
      const auto it = depth.find(source);
      if (it == depth.end() && (depth.size() >= kMostObjects || wanted > kDeepest)) continue;
      if (it != depth.end() && (it->second >= wanted || wanted > kDeepest)) continue;
      depth[source] = wanted;
      open.push_back(source);
    }
  }
  return depth;
}

class Picture {
 public:
  Picture(const Facts& facts, const PortOf& port, const std::string& page) : facts_(facts), page_(page) {
    const auto depth = depths(facts, port);
    int deepest = 0;
    for (const auto& [id, far] : depth) deepest = std::max(deepest, far);
    for (const auto& [id, far] : depth) add_object(id, deepest - far);
    for (const auto& [id, far] : depth) join_sources(id, depth);
    add_port(port, deepest + 1);
    cut_rows();
    place();
  }

  void write(html::Writer& out) const {
    out.open("div").attribute("class", "scroll").attribute("tabindex", 0).attribute("role", "region");
    out.attribute("aria-label", "Lineage as a picture");
    out.open("svg").attribute("class", "lineage").attribute("width", width_).attribute("height", height_);
    out.attribute("viewBox", fmt::format("0 0 {} {}", width_, height_)).line();
    for (const auto& line : lines_) write(out, line);
    for (const auto& [key, box] : boxes_) write(out, box);
    out.close().close().line();
  }

 private:
  void add_object(const ObjectId& id, int layer) {
    Box box;
    box.title = id.display();
    box.kind = kind_words(id.kind);
    box.page = facts_.page_of_object(id);
    box.layer = layer;
    boxes_.emplace(id.address(), std::move(box));
  }

  void join_sources(const ObjectId& id, const std::map<ObjectId, int>& shown) {
    const auto key = id.address();
    std::set<ObjectId> joined;
    for (const auto& link : facts_.lineage.links(id)) {
      if (shown.count(link.source) == 0) continue;
      joined.insert(link.source);
      const auto from = link.source.address();
      lines_.insert({from, key, link.source_column.display(), link.column.display()});
      wanted_[from].insert(link.source_column);
      wanted_[key].insert(link.column);
    }
    for (const auto& source : facts_.lineage.sources(id)) {
      if (shown.count(source) > 0 && joined.count(source) == 0) lines_.insert({source.address(), key, {}, {}});
    }
    order_[key] = &facts_.lineage.columns(id);
  }

  void add_port(const PortOf& port, int layer) {
    const auto key = "port " + title_of(port);
    Box box;
    box.title = title_of(port);
    box.kind = "port";
    box.is_here = true;
    box.layer = layer;
    boxes_.emplace(key, std::move(box));
    for (const auto& object : port.port->objects) lines_.insert({object.id.address(), key, {}, {}});
    for (const auto& agreement : facts_.agreements_of(port)) {
      const auto who = agreement.as.display();
      Box consumer;
      consumer.title = agreement.as.name.display();
      consumer.kind = fmt::format("{}, {}", agreement.consumer, to_string(agreement.state));
      if (facts_.products.count(agreement.consumer) > 0) consumer.page = page_of_domain(agreement.consumer);
      consumer.layer = layer + 1;
      boxes_.emplace("consumer " + who, std::move(consumer));
      lines_.insert({key, "consumer " + who, {}, {}, !agreement.in_force()});
    }
  }

  // Each box shows its joined columns in their order, as many as fit.
  void cut_rows() {
    for (const auto& [key, wanted] : wanted_) {
      auto& box = boxes_.at(key);
      for (const auto& column : *order_.at(key)) {
        if (wanted.count(column) == 0) continue;
        box.rows.size() < kMostRows ? box.rows.push_back(column.display()) : void(++box.more);
      }
    }
  }

  void place() {
    std::map<int, std::vector<Box*>> layers;
    for (auto& [key, box] : boxes_) layers[box.layer].push_back(&box);
    int x = 8;
    for (auto& [layer, column] : layers) {
      int y = 8, widest = 0;
      for (Box* box : column) {
        size_t cells = std::max(terminal_cells(shown(box->title)), terminal_cells(box->kind));
        for (const auto& row : box->rows) cells = std::max(cells, terminal_cells(shown(row)));
        box->x = x;
        box->y = y;
        box->width = static_cast<int>(cells) * 8 + 24;
        const size_t rows = box->rows.size() + (box->more > 0 ? 1 : 0);
        box->height = kHead + 16 + static_cast<int>(rows) * kRow + (rows > 0 ? kRow / 2 : 0);
        y += box->height + kGapY;
        widest = std::max(widest, box->width);
      }
      for (Box* box : column) box->width = widest;
      height_ = std::max(height_, y);
      x += widest + kGapX;
    }
    width_ = x - kGapX + 8;
  }

  static std::string shown(const std::string& text) { return shortened_head(printable_line(text), kWidest); }

  void write(html::Writer& out, const Line& line) const {
    const auto& from = boxes_.at(line.from);
    const auto& to = boxes_.at(line.to);
    const int x1 = from.x + from.width, x2 = to.x;
    const int y1 = line.from_row.empty() ? from.y + kHead / 2 : from.row_y(line.from_row) + 16;
    const int y2 = line.to_row.empty() ? to.y + kHead / 2 : to.row_y(line.to_row) + 16;
    const int middle = (x1 + x2) / 2;
    out.open("path").attribute("d", fmt::format("M{} {}C{} {} {} {} {} {}", x1, y1, middle, y1, middle, y2, x2, y2));
    if (line.is_waiting) {
      out.attribute("class", "waiting");
    } else if (!line.from_row.empty()) {
      out.attribute("class", "column");
    }
    out.close().line();
  }

  void write(html::Writer& out, const Box& box) const {
    out.open("g");
    if (box.is_here) out.attribute("class", "here");
    out.open("rect").attribute("x", box.x).attribute("y", box.y).attribute("width", box.width);
    out.attribute("height", box.height).attribute("rx", 5).close();
    const bool leads = !box.page.empty() && box.page != page_;
    if (leads) out.open("a").attribute("href", html::Url::page(page_, box.page));
    text(out, box.x + 10, box.y + 19, shown(box.title), false);
    if (leads) out.close();
    text(out, box.x + 10, box.y + 36, box.kind, true);
    int y = box.y + kHead + 16 + 13;
    for (const auto& row : box.rows) {
      text(out, box.x + 10, y, shown(row), false);
      y += kRow;
    }
    if (box.more > 0) text(out, box.x + 10, y, fmt::format("and {} more", box.more), true);
    out.close().line();
  }

  static void text(html::Writer& out, int x, int y, const std::string& words, bool dim) {
    out.open("text").attribute("x", x).attribute("y", y);
    if (dim) out.attribute("class", "dim");
    out.text(words).close();
  }

  const Facts& facts_;
  const std::string& page_;
  std::map<std::string, Box> boxes_;
  std::set<Line> lines_;
  std::map<std::string, std::set<Name>> wanted_;           // columns that are joined, by box
  std::map<std::string, const std::vector<Name>*> order_;  // all columns, by box
  int width_ = 0, height_ = 0;
};

}  // namespace

void write_picture(html::Writer& out, const Facts& facts, const PortOf& port, const std::string& page) {
  Picture(facts, port, page).write(out);
}

void write_lineage_table(html::Writer& out, const Facts& facts, const PortOf& port) {
  const auto& objects = port.port->objects;
  const auto reads = [&](const PortObject& object) { return !facts.lineage.sources(object.id).empty(); };
  if (std::none_of(objects.begin(), objects.end(), reads)) return;
  out.open("details").element("summary", "The same in words").open("ul").line();
  for (const auto& [id, depth] : depths(facts, port)) {
    const auto& sources = facts.lineage.sources(id);
    if (sources.empty()) continue;
    std::vector<std::string> names;
    for (const auto& source : sources) names.push_back(source.address());
    out.open("li").text(fmt::format("{} reads {}", id.address(), join(names, ", ")));
    std::map<Name, std::vector<std::string>> columns;
    for (const auto& link : facts.lineage.links(id))
      columns[link.column].push_back(link.source.name.child(link.source_column).display());
    if (!columns.empty()) out.open("ul");
    for (const auto& [column, from] : columns)
      out.element("li", fmt::format("{} is made of {}", column.display(), join(from, ", ")));
    if (!columns.empty()) out.close();
    out.close().line();
  }
  out.close().close().line();
}

}  // namespace mesh::render::catalog
