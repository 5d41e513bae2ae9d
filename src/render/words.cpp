#include "words.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "mesh/base/printable.hpp"
#include "mesh/base/text.hpp"
#include "mesh/ident/name.hpp"
#include "paint.hpp"

namespace mesh::render {
namespace {

constexpr size_t kLongText = 60;   // a longer text is shown as lines
constexpr size_t kMostLines = 12;  // of one side of it
constexpr std::string_view kColumns = "columns.";

const ValueRecord* record(const Value& value) { return std::get_if<ValueRecord>(&value.data); }

const Value* field(const ValueRecord& fields, std::string_view name) {
  for (const auto& [key, value] : fields) {
    if (key == name) return &value;
  }
  return nullptr;
}

// "NUMBER(38,0) not null"
std::string column_words(const ValueRecord& column) {
  const Value* type = field(column, "type");
  std::string out = type != nullptr ? to_display(*type, kLongText) : std::string();
  if (const Value* nullable = field(column, "nullable"); nullable != nullptr && *nullable == Value(false)) {
    out += " not null";
  }
  if (const Value* as = field(column, "as"); as != nullptr) out += " as " + to_display(*as, kLongText);
  return out;
}

std::string arrow(const Value& before, const Value& after) {
  return printable_line(to_display(before, kLongText)) + " → " + printable_line(to_display(after, kLongText));
}

// As SQL reads it: quoted where it must be.
std::string column_name(const std::string& stored) { return "column " + printable_line(Name::exact(stored).display()); }

// Before and after of one column: what it gains or loses as a whole, else each of its fields that differs.
void column_details(const DiffLine& line, std::vector<Detail>& out) {
  const auto name = column_name(line.property.substr(kColumns.size()));
  const auto *before = record(line.before), *after = record(line.after);
  if (before == nullptr || after == nullptr) {
    const auto& there = before != nullptr ? *before : *after;
    const auto words = printable_line(column_words(there));
    out.push_back(
        {before != nullptr ? '-' : '+', name + (words.empty() ? "" : " " + words), {}, line.cost, line.origin});
    return;
  }
  std::vector<std::string> fields;
  for (const auto* side : {before, after}) {
    for (const auto& [key, value] : *side) {
      if (std::find(fields.begin(), fields.end(), key) == fields.end()) fields.push_back(key);
    }
  }
  static const Value none;
  const auto value_of = [](const ValueRecord& side, const std::string& key) -> const Value& {
    const Value* found = field(side, key);
    return found != nullptr ? *found : none;
  };
  for (const auto& key : fields) {
    const Value &old_value = value_of(*before, key), &new_value = value_of(*after, key);
    if (!(old_value == new_value))
      out.push_back({'~', fmt::format("{} {}", name, key), arrow(old_value, new_value), line.cost,
                     key == "comment" ? line.origin : Place{}});
  }
}

// "columns.FAX.comment" -> "column FAX comment". Names may hold dots, so the field is looked for at the end.
std::string property_words(const std::string& property) {
  if (!property.starts_with(kColumns)) return printable_line(property);
  const auto dot = property.rfind('.');
  const auto column =
      property.substr(kColumns.size(), dot < kColumns.size() ? std::string::npos : dot - kColumns.size());
  return column_name(column) + (dot < kColumns.size() ? "" : " " + printable_line(property.substr(dot + 1)));
}

bool is_long(const Value& value) {
  const auto* text = value.text();
  return text != nullptr && (text->find('\n') != std::string::npos || display_width(*text) > kLongText);
}

std::vector<std::string> lines_of(const Value& value) {
  if (value.text() == nullptr || value.text()->empty()) return {};
  auto lines = split(*value.text(), '\n');
  if (lines.back().empty()) lines.pop_back();
  return lines;
}

void add_lines(const std::vector<std::string>& lines, size_t from, size_t to, char sign, std::vector<Detail>& out) {
  const size_t shown = std::min(to, from + kMostLines);
  for (size_t i = from; i < shown; ++i) out.push_back({sign, "  " + printable_line(lines[i]), {}, {}});
  if (shown < to) out.push_back({sign, fmt::format("  … {} more", counted(to - shown, "line", "lines")), {}, {}});
}

// The middle that differs between common first and last lines.
void text_details(const DiffLine& line, std::vector<Detail>& out) {
  const auto before = lines_of(line.before), after = lines_of(line.after);
  size_t head = 0, tail = 0;
  const size_t shorter = std::min(before.size(), after.size());
  while (head < shorter && before[head] == after[head]) ++head;
  while (tail < shorter - head && before[before.size() - 1 - tail] == after[after.size() - 1 - tail]) ++tail;
  out.push_back({' ', property_words(line.property), {}, line.cost, line.origin});
  add_lines(before, head, before.size() - tail, '-', out);
  add_lines(after, head, after.size() - tail, '+', out);
}

struct Count {
  int number;
  std::string_view one, many;  // after the number
};

std::string listed(std::initializer_list<Count> counts) {
  std::vector<std::string> parts;
  for (const auto& count : counts) {
    if (count.number > 0)
      parts.push_back(fmt::format("{} {}", count.number, count.number == 1 ? count.one : count.many));
  }
  return join(parts, ", ");
}

std::string without_role_word(std::string_view grantee) {
  for (const std::string_view word : {"database role ", "role "}) {
    if (grantee.substr(0, word.size()) == word) return std::string(grantee.substr(word.size()));
  }
  return std::string(grantee);
}

std::string domains_words(const std::vector<std::string>& domains) {
  constexpr size_t kMost = 6;
  return domains.size() > kMost ? counted(domains.size(), "domain", "domains") : join(domains, ", ");
}

}  // namespace

const char* sign(const Change& change) {
  const bool loses = change.risk == Risk::Destructive;
  switch (change.action) {
    case Action::Create:
    case Action::Grant:
    case Action::Set:
      return "+";
    case Action::Update:
    case Action::Replace:
      return loses ? "!" : "~";
    case Action::Drop:
    case Action::Revoke:
    case Action::Unset:
      return "-";
    case Action::Rename:
      return ">";
    case Action::Adopt:
      return "=";
    case Action::Forget:
      return "o";
  }
  broken_promise("every action has a sign", __FILE__, __LINE__);
}

const char* sign_color(const Change& change) {
  switch (*sign(change)) {
    case '+':
      return kGreen;
    case '-':
      return kRed;
    case '!':
      return kBoldRed;
    case '~':
      return kYellow;
    default:
      return kCyan;
  }
}

std::string reason_words(const Change& change) {
  auto words = to_string(change.reason);
  if (change.reason_text.empty()) return words;
  return words.empty() ? change.reason_text : words + ": " + change.reason_text;
}

std::string cost_words(const Change& change) {
  if (!change.cost.empty()) return change.cost;
  const bool told =
      std::any_of(change.diff.begin(), change.diff.end(), [](const auto& line) { return !line.cost.empty(); });
  if (told) return {};
  switch (change.risk) {
    case Risk::Safe:
      return {};
    case Risk::Expensive:
      return "expensive: rebuilds data";
    case Risk::Disruptive:
      return "disruptive: someone loses access, or what is built on it breaks";
    case Risk::Destructive:
      return "loses data";
  }
  broken_promise("every risk has words", __FILE__, __LINE__);
}

std::string where_or_why(const Change& change, const Sources& sources) {
  auto where = sources.describe(change.place);
  return where.empty() ? reason_words(change) : where;
}

std::vector<Detail> details(const Change& change) {
  std::vector<Detail> out;
  for (const auto& line : change.diff) {
    const bool of_column = line.property.starts_with(kColumns) && (record(line.before) || record(line.after));
    if (of_column) {
      column_details(line, out);
    } else if (is_long(line.before) || is_long(line.after)) {
      text_details(line, out);
    } else {
      out.push_back({' ', property_words(line.property), arrow(line.before, line.after), line.cost, line.origin});
    }
  }
  return out;
}

std::string summary_words(const Plan& plan, bool drift) {
  const auto s = summarise(plan);
  const auto objects = drift ? listed({{s.create, "gone", "gone"},
                                       {s.update, "changed", "changed"},
                                       {s.rename, "not renamed", "not renamed"},
                                       {s.replace, "to replace", "to replace"},
                                       {s.drop, "no longer declared", "no longer declared"},
                                       {s.adopt, "not taken over", "not taken over"},
                                       {s.forget, "to forget", "to forget"}})
                             : listed({{s.create, "to create", "to create"},
                                       {s.update, "to change", "to change"},
                                       {s.rename, "to rename", "to rename"},
                                       {s.replace, "to replace", "to replace"},
                                       {s.drop, "to drop", "to drop"},
                                       {s.adopt, "to take over", "to take over"},
                                       {s.forget, "to forget", "to forget"}});
  const auto access = drift ? listed({{s.grant, "grant missing", "grants missing"},
                                      {s.revoke, "grant too many", "grants too many"},
                                      {s.set, "not set", "not set"},
                                      {s.unset, "to unset", "to unset"}})
                            : listed({{s.grant, "grant", "grants"},
                                      {s.revoke, "revoke", "revokes"},
                                      {s.set, "to set", "to set"},
                                      {s.unset, "to unset", "to unset"}});
  return objects + (objects.empty() || access.empty() ? "" : "; ") + access;
}

std::string statements_read(const Plan& plan) {
  return counted(static_cast<size_t>(plan.statements_read), "statement", "statements") + " read.";
}

std::string header_words(const Plan& plan) {
  std::vector<std::string> parts;
  const auto add = [&](const std::string& part) {
    if (!part.empty()) parts.push_back(printable_line(part));
  };
  add(domains_words(plan.domains));
  add(plan.environment);
  if (plan.accounts.size() > 1) {
    add(join(plan.accounts, ", "));
  } else {
    add(plan.account + (plan.as_role.empty() ? "" : " as " + plan.as_role));
  }
  add(plan.date);
  add(plan.state_age);
  return join(parts, " · ");
}

std::string in_account(const Change& change) { return change.account.empty() ? "" : " in " + change.account; }

std::string readers_words(const ReadersChange& readers) {
  constexpr size_t kKind = sizeof("column ") - 1;
  return fmt::format("readers of {} unmasked: {} → {}", readers.column.substr(kKind), readers.before, readers.after);
}

std::vector<AccessWords> access_words(const Plan& plan) {
  struct Line {
    const AccessChange* first;
    std::string privileges;
  };
  std::vector<Line> lines;
  const auto concerns_same = [](const AccessChange& a, const AccessChange& b) {
    return a.added == b.added && a.who == b.who && a.object == b.object;
  };
  size_t first = 0;  // of the lines that concern the same
  for (const auto& change : plan.access) {
    if (lines.empty() || !concerns_same(*lines.back().first, change)) first = lines.size();
    const auto line = std::find_if(lines.begin() + static_cast<std::ptrdiff_t>(first), lines.end(),
                                   [&](const Line& each) { return each.first->via == change.via; });
    if (line != lines.end()) {
      line->privileges += ", " + change.privilege;
    } else {
      lines.push_back({&change, change.privilege});
    }
  }
  std::vector<AccessWords> out;
  for (const auto& line : lines) {
    const auto& change = *line.first;
    std::vector<std::string> via;
    for (const auto& step : change.via) via.push_back(without_role_word(step));
    auto text = fmt::format("{} {} {} {}", without_role_word(change.who), change.added ? "can" : "can no longer",
                            line.privileges, change.object);
    if (!via.empty()) text += " (through " + join(via, ", ") + ")";
    out.push_back({change.added, printable_line(text)});
  }
  return out;
}

std::string waiting_words(const WaitingItem& item, const Sources& sources) {
  auto text = replace_all(item.address, " consumes ", " asks for ") + ": " + item.needs;
  const auto where = sources.describe(item.place);
  if (!where.empty() && item.needs.find(sources.file(item.place.file).path) == std::string::npos)
    text += " (" + where + ")";
  return printable_line(text);
}

std::string refusal_words(const Refusal& refusal) {
  const bool named = refusal.message.starts_with(refusal.address);
  return fmt::format("{}{} [{}]", named ? "" : refusal.address + ": ", refusal.message, refusal.code);
}

std::string finding_words(const Diagnostic& finding) {
  const bool named = finding.address.empty() || finding.summary.find(finding.address) != std::string::npos;
  return fmt::format("{}{} [{}]", named ? "" : finding.address + ": ", finding.summary, finding.code);
}

std::string counted(size_t number, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", with_thousands(static_cast<long long>(number)), number == 1 ? one : many);
}

}  // namespace mesh::render
