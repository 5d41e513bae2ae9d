#include "mesh/plan/verify.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <optional>

#include <fmt/format.h>

#include "mesh/base/duration.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/kind.hpp"
#include "mesh/sql/quality_query.hpp"
#include "mesh/sql/writer.hpp"

namespace mesh {
namespace {

using sql::Keyword;
using sql::Writer;

std::optional<double> number_of(std::string_view text) {
  double value = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  return read.ec == std::errc() && read.ptr == end ? std::optional(value) : std::nullopt;
}

// --- bounds

struct Comparison {
  std::string_view word;
  std::string_view means;  // between the promise and its bound
  bool (*keeps)(double value, double low, double high);
};
// Whether Between takes its ends in, ODCS does not say: taken as inclusive (mesh.md 2.1).
constexpr auto kComparisons = std::to_array<Comparison>({
    {"mustBe", "is", [](double v, double a, double) { return v == a; }},
    {"mustNotBe", "is not", [](double v, double a, double) { return v != a; }},
    {"mustBeGreaterThan", "is above", [](double v, double a, double) { return v > a; }},
    {"mustBeGreaterOrEqualTo", "is at least", [](double v, double a, double) { return v >= a; }},
    {"mustBeLessThan", "is below", [](double v, double a, double) { return v < a; }},
    {"mustBeLessOrEqualTo", "is at most", [](double v, double a, double) { return v <= a; }},
    {"mustBeBetween", "is between", [](double v, double a, double b) { return v >= a && v <= b; }},
    {"mustNotBeBetween", "is not between", [](double v, double a, double b) { return v < a || v > b; }},
});

const Comparison* comparison_of(const QualityRule& rule) {
  const auto it = std::find_if(kComparisons.begin(), kComparisons.end(),
                               [&](const Comparison& each) { return each.word == rule.comparison; });
  return it == kComparisons.end() ? nullptr : &*it;
}

std::string words_of(const QualityRule& rule) {
  const auto* comparison = comparison_of(rule);
  if (comparison == nullptr) return {};
  return fmt::format("{} {}{}", comparison->means, join(rule.bounds, " and "), rule.unit == "percent" ? " %" : "");
}

// As numbers where all of them are; else as texts, which are equal or are not.
bool keeps(const QualityRule& rule, const std::string& found) {
  const auto value = number_of(found), low = number_of(rule.bounds.front()), high = number_of(rule.bounds.back());
  if (value && low && high) return comparison_of(rule)->keeps(*value, *low, *high);
  const bool same = found == rule.bounds.front();
  return rule.comparison == "mustBe" ? same : rule.comparison == "mustNotBe" && !same;
}

// --- what is counted

// One cell of the SELECT of counts, and what it must be.
struct Measure {
  Verification about;
  QualityRule bound;
  std::function<void(Writer&)> write;
};

void write_columns(Writer& writer, const std::vector<Name>& columns) {
  for (size_t i = 0; i < columns.size(); ++i) {
    if (i > 0) writer.comma();
    writer.name(columns[i]);
  }
}

void write_texts(Writer& writer, const std::vector<std::string>& values) {
  writer.open();
  for (size_t i = 0; i < values.size(); ++i) {
    if (i > 0) writer.comma();
    writer.text(values[i]);
  }
  writer.close();
}

void rows(Writer& writer) { writer.kw("COUNT(*)"); }
void nulls(Writer& writer, const Name& column) { writer.kw("COUNT_IF").open().name(column).kw("IS NULL").close(); }

// Rows beyond the first of each value; rows with a null among the columns do not count (page functions/count).
void duplicates(Writer& writer, const std::vector<Name>& columns) {
  writer.kw("COUNT_IF").open();
  for (size_t i = 0; i < columns.size(); ++i) {
    if (i > 0) writer.kw("AND");
    writer.name(columns[i]).kw("IS NOT NULL");
  }
  writer.close().kw("- COUNT").open().kw("DISTINCT");
  write_columns(writer, columns);
  writer.close();
}

// Null and, where nothing else is said, the empty text.
void missing(Writer& writer, const Name& column, const std::vector<std::string>& values) {
  writer.kw("COUNT_IF").open().name(column).kw("IS NULL OR TO_VARCHAR").open().name(column).close().kw("IN");
  write_texts(writer, values.empty() ? std::vector<std::string>{""} : values);
  writer.close();
}

void invalid(Writer& writer, const Name& column, const QualityRule& rule) {
  writer.kw("COUNT_IF").open().name(column).kw("IS NOT NULL AND NOT");
  writer.open();
  if (!rule.valid_values.empty()) {
    writer.kw("TO_VARCHAR").open().name(column).close().kw("IN");
    write_texts(writer, rule.valid_values);
  }
  if (!rule.valid_values.empty() && !rule.pattern.empty()) writer.kw("AND");
  // REGEXP_LIKE matches the whole of it (page functions/regexp_like).
  if (!rule.pattern.empty())
    writer.kw("REGEXP_LIKE").open().kw("TO_VARCHAR").open().name(column).close().comma().text(rule.pattern).close();
  writer.close().close();
}

QualityRule none() {
  QualityRule rule;
  rule.comparison = "mustBe";
  rule.bounds = {"0"};
  return rule;
}

Verification promise_of(const Product& product, const Port& port, std::string promise, Place place) {
  Verification made;
  made.product = product.display();
  made.port = port.name;
  made.promise = std::move(promise);
  made.place = place;
  return made;
}

class ObjectVerifier {
 public:
  ObjectVerifier(const Product& product, const Port& port, const PortObject& held, VerificationPlan& plan)
      : product_(product), port_(port), held_(held), plan_(plan), object_(described()) {}

  void verify() {
    if (!kinds::of(held_.id.kind).is_relation) return settle("it is there", "it holds no rows", held_.place);
    shape();
    if (object_ == nullptr) return;
    for (const auto& column : object_->columns) measures(column);
    key();
    for (const auto& [what, rule] : object_->quality) quality(what, rule, nullptr);
    for (const auto& column : object_->columns) {
      for (const auto& [what, rule] : column.quality) quality(what, rule, &column);
    }
    counts();
  }

 private:
  // The contract's object: names of manifests, without an environment's suffix.
  const ContractObject* described() const {
    for (const auto& object : port_.contract.objects) {
      const auto &written = object.name.parts(), &held = held_.id.name.parts();
      if (written.back() == held.back() &&
          (written.size() < 2 || held.size() < 2 || written.rbegin()[1] == held.rbegin()[1]))
        return &object;
    }
    return nullptr;
  }

  Verification about(std::string promise, Place place) const {
    auto made = promise_of(product_, port_, std::move(promise), place);
    made.object = held_.id.address();
    return made;
  }

  void settle(std::string promise, std::string why, Place place) {
    auto made = about(std::move(promise), place);
    made.found = std::move(why);
    plan_.settled.push_back(std::move(made));
  }

  void ask(std::string sql, std::function<std::vector<Verification>(const Reply&)> judge) {
    plan_.inquiries.push_back({product_.domain, std::move(sql), std::move(judge)});
  }

  void shape();
  void measures(const ContractColumn& column);
  void key();
  void quality(const std::string& what, const QualityRule& rule, const ContractColumn* column);
  std::function<void(Writer&)> counted(const QualityRule& rule, const ContractColumn* column) const;
  void counts();

  const Product& product_;
  const Port& port_;
  const PortObject& held_;
  VerificationPlan& plan_;
  const ContractObject* object_;  // nullptr: the contract does not describe it
  std::vector<Measure> measures_;
};

std::vector<Verification> unanswered(std::vector<Verification> all, const StatementError& error) {
  for (auto& each : all) {
    each.verdict = Verdict::Unanswered;
    each.found =
        error.is_missing_or_hidden() ? "the object does not exist, or is hidden from this role" : error.message;
  }
  return all;
}

Verification with(Verification made, bool holds, std::string found) {
  made.verdict = holds ? Verdict::Holds : Verdict::Broken;
  if (!holds) made.found = std::move(found);
  return made;
}

// What DESCRIBE says of one column; of its nulls where `tells_nulls`.
std::vector<Verification> judge_column(const ContractColumn& promised, const Rows& rows, bool tells_nulls,
                                       const Verification& about) {
  size_t row = 0;
  while (row < rows.rows.size() && rows.at(row, "name") != promised.name.stored()) ++row;
  const auto named = [&](std::string promise) {
    auto made = about;
    made.promise = std::move(promise);
    made.place = promised.place;
    return made;
  };
  const auto name = promised.name.display();
  std::vector<Verification> out;
  if (row == rows.rows.size()) {
    out.push_back(with(named(fmt::format("column {} is there", name)), false, "there is no such column"));
    return out;
  }
  if (promised.type) {
    const std::string shown(rows.at(row, "type"));
    const auto found = DataType::parse(shown);
    out.push_back(with(named(fmt::format("column {} is {}", name, promised.type->to_string())),
                       found.ok() && keeps(*found, promised), "it is " + shown));
  } else {
    out.push_back(with(named(fmt::format("column {} is there", name)), true, {}));
  }
  if (tells_nulls && promised.required)
    out.push_back(
        with(named(fmt::format("column {} is NOT NULL", name)), rows.at(row, "null?") == "N", "it may be null"));
  return out;
}

// A view's columns may all be null as DESCRIBE has it, and so it is their rows that tell.
bool tells_nullability(KindId kind) { return kind == KindId::Table; }

void ObjectVerifier::shape() {
  const auto blank = about("", held_.place);
  const auto there = about("it is there", held_.place);
  const ContractObject* object = object_;
  const bool strict = tells_nullability(held_.id.kind);
  ask(Writer().kw("DESCRIBE").kw(Keyword::of_table(kinds::of(held_.id.kind).sql)).name(held_.id).take(),
      [=](const Reply& reply) {
        if (!reply.ok()) return unanswered({there}, reply.error());
        std::vector<Verification> out{with(there, true, {})};
        if (object == nullptr) return out;
        for (const auto& column : object->columns) {
          auto judged = judge_column(column, *reply, strict, blank);
          out.insert(out.end(), judged.begin(), judged.end());
        }
        return out;
      });
}

void ObjectVerifier::measures(const ContractColumn& column) {
  const auto name = column.name;
  if (column.required && !tells_nullability(held_.id.kind)) {
    measures_.push_back({about(fmt::format("column {} is never null", name.display()), column.place), none(),
                         [name](Writer& writer) { nulls(writer, name); }});
  }
  // Snowflake enforces neither (page constraints-overview).
  if (column.unique) {
    measures_.push_back({about(fmt::format("column {} is unique", name.display()), column.place), none(),
                         [name](Writer& writer) { duplicates(writer, {name}); }});
  }
}

void ObjectVerifier::key() {
  std::vector<const ContractColumn*> key;
  for (const auto& column : object_->columns) {
    if (column.key_position > 0) key.push_back(&column);
  }
  if (key.empty()) return;
  std::sort(key.begin(), key.end(), [](const auto* a, const auto* b) { return a->key_position < b->key_position; });
  std::vector<Name> names;
  std::vector<std::string> words;
  for (const auto* column : key) names.push_back(column->name), words.push_back(column->name.display());
  measures_.push_back({about(fmt::format("the key {} is unique", join(words, ", ")), key.front()->place), none(),
                       [names](Writer& writer) { duplicates(writer, names); }});
}

// How a library rule is counted; empty: it cannot be.
std::function<void(Writer&)> ObjectVerifier::counted(const QualityRule& rule, const ContractColumn* column) const {
  if (rule.metric == "rowCount") return rows;
  std::vector<Name> names;
  if (column != nullptr) names.push_back(column->name);
  for (const auto& property : rule.properties) {
    for (const auto& each : object_->columns) {
      if (iequals(each.name.stored(), property)) names.push_back(each.name);
    }
  }
  if (names.empty()) return nullptr;
  if (rule.metric == "duplicateValues") return [names](Writer& writer) { duplicates(writer, names); };
  const Name name = names.front();
  if (rule.metric == "nullValues") return [name](Writer& writer) { nulls(writer, name); };
  if (rule.metric == "missingValues")
    return [name, values = rule.missing_values](Writer& writer) { missing(writer, name, values); };
  if (rule.metric == "invalidValues" && !(rule.valid_values.empty() && rule.pattern.empty()))
    return [name, rule](Writer& writer) { invalid(writer, name, rule); };
  return nullptr;
}

void ObjectVerifier::quality(const std::string& what, const QualityRule& rule, const ContractColumn* column) {
  const auto of = column == nullptr ? std::string() : fmt::format("column {}: ", column->name.display());
  const auto made =
      about(fmt::format("{}{} {}", of, rule.metric.empty() ? what : rule.metric, words_of(rule)), rule.place);
  if (rule.type == "library" && comparison_of(rule) != nullptr) {
    if (auto write = counted(rule, column)) {
      measures_.push_back({made, rule, std::move(write)});
    } else {
      settle(made.promise, "it does not say of which column, or which values are valid", rule.place);
    }
  } else if (rule.type == "sql" && comparison_of(rule) != nullptr) {
    ask(sql::quality_query(rule.query, held_.id.name.sql(), column == nullptr ? std::string() : column->name.sql()),
        [made, rule](const Reply& reply) {
          if (!reply.ok()) return unanswered({made}, reply.error());
          const bool one = reply->rows.size() == 1 && reply->rows.front().size() == 1 && reply->rows.front().front();
          if (!one) return std::vector{with(made, false, "the query does not give one value")};
          const auto& value = *reply->rows.front().front();
          return std::vector{with(made, keeps(rule, value), "it is " + value)};
        });
  } else {
    settle(made.promise, fmt::format("rules of type {} are for people", rule.type), rule.place);
  }
}

// All counts of the object by one SELECT; the rows come first, for those in percent.
void ObjectVerifier::counts() {
  if (measures_.empty()) return;
  Writer writer;
  writer.kw("SELECT COUNT(*)");
  for (const auto& measure : measures_) {
    writer.comma();
    measure.write(writer);
  }
  writer.kw("FROM").name(held_.id.name);
  ask(writer.take(), [measures = measures_](const Reply& reply) {
    std::vector<Verification> out;
    for (const auto& measure : measures) out.push_back(measure.about);
    if (!reply.ok()) return unanswered(std::move(out), reply.error());
    for (size_t i = 0; i < measures.size(); ++i) {
      const auto& cells = reply->rows.empty() ? std::vector<std::optional<std::string>>{} : reply->rows.front();
      auto value = i + 1 < cells.size() ? cells[i + 1].value_or("") : std::string();
      const auto all = number_of(cells.empty() ? "" : cells.front().value_or("")), counted = number_of(value);
      const bool percent = measures[i].bound.unit == "percent";
      if (percent && all && counted) value = fmt::format("{}", *all == 0 ? 0 : 100 * *counted / *all);
      const auto words =
          percent ? fmt::format("it is {} % of {} rows", value, cells.front().value_or("")) : "it is " + value;
      out[i] = with(std::move(out[i]), keeps(measures[i].bound, value), words);
    }
    return out;
  });
}

// --- how fresh the data are

class FreshnessVerifier {
 public:
  FreshnessVerifier(const Product& product, const Port& port, VerificationPlan& plan)
      : product_(product), port_(port), plan_(plan) {}

  void verify() {
    for (const auto& [name, promise] : port_.contract.service_levels) {
      const auto made =
          promise_of(product_, port_,
                     fmt::format("{} is {}{}", name, promise.value, promise.unit.empty() ? "" : " " + promise.unit),
                     promise.place);
      const bool is_age = iequals(name, "latency") || iequals(name, "freshness");
      const auto limit = seconds_of(promise.value, promise.unit);
      if (!is_age || !limit || !ask(promise, *limit, made)) {
        auto settled = made;
        settled.found = !is_age  ? "no statement tells"
                        : !limit ? "its unit is none of s, min, h, d, w"
                                 : "element names no TABLE.COLUMN of the port with a time";
        plan_.settled.push_back(std::move(settled));
      }
    }
  }

 private:
  // The newest time in the column that the promise names.
  bool ask(const Promise& promise, double limit, Verification made) {
    const auto dot = promise.element.rfind('.');
    if (dot == std::string::npos) return false;
    const auto relation = promise.element.substr(0, dot), column = promise.element.substr(dot + 1);
    for (const auto& object : port_.contract.objects) {
      const auto held = std::find_if(port_.objects.begin(), port_.objects.end(), [&](const PortObject& each) {
        return each.id.name.last() == object.name.last() && iequals(each.id.name.last().stored(), relation);
      });
      const auto found = std::find_if(object.columns.begin(), object.columns.end(),
                                      [&](const ContractColumn& each) { return iequals(each.name.stored(), column); });
      if (held == port_.objects.end() || found == object.columns.end()) continue;
      made.object = held->id.address();
      Writer writer;
      writer.kw("SELECT DATEDIFF").open().kw("'second', MAX").open().name(found->name).close();
      writer.comma().kw("CURRENT_TIMESTAMP()").close().kw("FROM").name(held->id.name);
      plan_.inquiries.push_back(
          {product_.domain, writer.take(), [made, limit](const Reply& reply) {
             if (!reply.ok()) return unanswered({made}, reply.error());
             const auto cell =
                 reply->rows.empty() || reply->rows.front().empty() ? std::nullopt : reply->rows.front().front();
             const auto age = cell ? number_of(*cell) : std::nullopt;
             if (!age) return std::vector{with(made, false, "there are no rows")};
             return std::vector{with(made, *age <= limit, fmt::format("the newest row is {} seconds old", *cell))};
           }});
      return true;
    }
    return false;
  }

  const Product& product_;
  const Port& port_;
  VerificationPlan& plan_;
};

}  // namespace

const char* to_string(Verdict verdict) {
  constexpr const char* kWords[] = {"holds", "broken", "unanswered", "not verified"};
  return kWords[static_cast<size_t>(verdict)];
}

VerificationPlan verification_plan(const Products& products, const std::set<std::string>& domains) {
  VerificationPlan plan;
  for (const auto& [key, product] : products.all) {
    const bool promised = product.status == ProductStatus::Active || product.status == ProductStatus::Deprecated;
    if (!promised || domains.count(product.domain) == 0) continue;
    for (const auto& [name, port] : product.ports) {
      for (const auto& held : port.objects) ObjectVerifier(product, port, held, plan).verify();
      FreshnessVerifier(product, port, plan).verify();
    }
  }
  return plan;
}

}  // namespace mesh
