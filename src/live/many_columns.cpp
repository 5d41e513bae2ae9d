#include "many_columns.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "mesh/kinds/kind.hpp"
#include "rows.hpp"

namespace mesh::live {
namespace {

constexpr std::string_view kCells[] = {"table_name", "schema_name", "column_name",   "data_type", "null?",
                                       "default",    "comment",     "autoincrement", "expression"};

// Types that are told whole, with how SHOW COLUMNS has them.
constexpr std::pair<std::string_view, std::string_view> kPlain[] = {
    {"FLOAT", "REAL"},      {"BOOLEAN", "BOOLEAN"},     {"DATE", "DATE"},
    {"VARIANT", "VARIANT"}, {"GEOGRAPHY", "GEOGRAPHY"}, {"GEOMETRY", "GEOMETRY"}};
constexpr std::string_view kTimes[] = {"TIME", "TIMESTAMP_NTZ", "TIMESTAMP_LTZ", "TIMESTAMP_TZ"};

class Told {
 public:
  explicit Told(const Rows& told)
      : table(told, "TABLE_NAME"),
        schema_(told, "TABLE_SCHEMA"),
        name_(told, "COLUMN_NAME"),
        type_(told, "DATA_TYPE"),
        length_(told, "CHARACTER_MAXIMUM_LENGTH"),
        precision_(told, "NUMERIC_PRECISION"),
        scale_(told, "NUMERIC_SCALE"),
        nullable_(told, "IS_NULLABLE"),
        default_(told, "COLUMN_DEFAULT"),
        identity_(told, "IS_IDENTITY"),
        start_(told, "IDENTITY_START"),
        increment_(told, "IDENTITY_INCREMENT"),
        ordered_(told, "IDENTITY_ORDERED"),
        expression_(told, "EXPRESSION"),
        comment_(told, "COMMENT") {}

  const Field table;

  // Of a view's column the type says nothing to anybody. nullopt: it is not told whole.
  std::optional<Row> row(const Row& from, bool with_type, const Object* declared) const {
    auto type = with_type ? data_type(from, declared) : std::optional<std::string>("");
    if (!type) return std::nullopt;
    std::string identity;
    if (identity_.is_true(from))
      identity = fmt::format("IDENTITY START {} INCREMENT {} {}", start_.in(from), increment_.in(from),
                             ordered_.is_true(from) ? "ORDER" : "NOORDER");
    const auto text = [&](const Field& field) { return std::optional<std::string>(field.in(from)); };
    return Row{text(table),
               text(schema_),
               text(name_),
               std::move(*type),
               nullable_.is_true(from) ? "true" : "NOT_NULL",
               text(default_),
               text(comment_),
               std::move(identity),
               text(expression_)};
  }

 private:
  std::optional<std::string> data_type(const Row& from, const Object* declared) const {
    const auto type = type_.in(from);
    const auto column = declared_column(from, declared);
    for (const auto& [word, json] : kPlain) {
      if (type == word) return fmt::format(R"({{"type":"{}"}})", json);
    }
    if (type == "NUMBER" && whole_number(precision_.in(from)) && whole_number(scale_.in(from)))
      return fmt::format(R"({{"type":"FIXED","precision":{},"scale":{}}})", precision_.in(from), scale_.in(from));
    if (type == "BINARY" && whole_number(length_.in(from)))
      return fmt::format(R"({{"type":"BINARY","length":{}}})", length_.in(from));
    if (type == "TEXT" && whole_number(length_.in(from)) && column != nullptr && column->collate.empty())
      return fmt::format(R"({{"type":"TEXT","length":{}}})", length_.in(from));
    const bool is_time = std::find(std::begin(kTimes), std::end(kTimes), type) != std::end(kTimes);
    // Nanoseconds are the default (data-types-datetime).
    const auto usual = DataType::parse(type);
    const bool is_usual = column != nullptr && usual && column->type == *usual;
    if (is_time && is_usual) return fmt::format(R"({{"type":"{}","precision":0,"scale":9}})", type);
    return std::nullopt;
  }

  const Column* declared_column(const Row& from, const Object* declared) const {
    if (declared == nullptr) return nullptr;
    const auto it = std::find_if(declared->columns.begin(), declared->columns.end(),
                                 [&](const Column& column) { return column.name == name_.name(from); });
    return it == declared->columns.end() ? nullptr : &*it;
  }

  Field schema_, name_, type_, length_, precision_, scale_, nullable_, default_, identity_, start_, increment_,
      ordered_, expression_, comment_;
};

std::map<Name, std::vector<const Row*>> by_table(const Rows& rows, const Field& table) {
  std::map<Name, std::vector<const Row*>> found;
  for (const auto& row : rows.rows) found[table.name(row)].push_back(&row);
  return found;
}

}  // namespace

ManyColumns many_columns(const Rows& shown, const Rows& told, const std::map<ObjectId, const Object*>& declared) {
  ManyColumns many;
  many.rows.columns.assign(std::begin(kCells), std::end(kCells));
  std::vector<Field> cells;
  for (const auto cell : kCells) cells.emplace_back(shown, cell);
  const Told reader(told);
  auto as_shown = by_table(shown, cells.front()), as_told = by_table(told, reader.table);
  for (const auto& [id, object] : declared) {
    const auto &exact = as_shown[id.name.last()], &all = as_told[id.name.last()];
    std::vector<Row> rows;
    if (!all.empty() && exact.size() == all.size()) {
      for (const auto* from : exact) {
        Row row;
        for (const auto& cell : cells) row.emplace_back(cell.in(*from));
        rows.push_back(std::move(row));
      }
    } else {
      for (const auto* from : all) {
        auto row = reader.row(*from, !kinds::of(id.kind).columns_by_name, object);
        if (!row) break;
        rows.push_back(std::move(*row));
      }
    }
    const bool is_complete = !all.empty() && rows.size() == all.size();
    many.is_complete[id] = is_complete;
    if (is_complete) std::move(rows.begin(), rows.end(), std::back_inserter(many.rows.rows));
  }
  return many;
}

}  // namespace mesh::live
