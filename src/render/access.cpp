#include "mesh/render/access.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "json.hpp"
#include "mesh/base/printable.hpp"
#include "mesh/base/text.hpp"

namespace mesh::render {
namespace {

std::string usage_on(const ObjectId& container) { return "USAGE on " + container.address(); }

// "through database role A.READER, by ownership"
std::string way(const AccessAnswer& answer) {
  std::vector<std::string> parts;
  for (const auto& role : answer.via) parts.push_back((parts.empty() ? "through " : "") + role.display());
  switch (answer.how) {
    case AccessHow::Owned:
      parts.emplace_back("by ownership");
      break;
    case AccessHow::Granted:
      if (answer.grant_option) parts.emplace_back("with grant option");
      break;
    case AccessHow::Inherited:
      parts.emplace_back("by an inherited grant");
      break;
    case AccessHow::OnAccount:
      parts.emplace_back("by what it may on the account");
      break;
    case AccessHow::ToCome:
      parts.push_back("on " + answer.target.display());
      break;
  }
  return join(parts, ", ");
}

struct Line {
  std::string head, tail;
};

std::string block(const std::string& heading, const std::vector<Line>& lines) {
  if (lines.empty()) return {};
  size_t width = 0;
  for (const auto& line : lines) width = std::max(width, display_width(line.head));
  std::string out = heading.empty() ? "\n" : "\n" + heading + "\n";
  for (const auto& [head, tail] : lines) {
    out += "  " + head;
    if (!tail.empty()) out += std::string(width - display_width(head) + 2, ' ') + tail;
    out += "\n";
  }
  return out;
}

Line line_of(const AccessAnswer& answer, bool by_object) {
  const std::string head =
      by_object ? answer.who.display() : fmt::format("{} on {}", answer.privilege, answer.target.display());
  std::string tail = way(answer);
  // What is to come says so in its head there.
  if (!by_object && answer.how == AccessHow::ToCome) {
    AccessAnswer granted = answer;
    granted.how = AccessHow::Granted;
    tail = way(granted);
  }
  if (answer.missing.empty()) return {printable(head), printable(tail)};
  std::vector<std::string> lacks;
  for (const auto& container : answer.missing) lacks.push_back(usage_on(container));
  return {printable(head), printable(fmt::format("{}{}lacks {}", tail, tail.empty() ? "" : "; ", join(lacks, ", ")))};
}

}  // namespace

std::string access_text(const AccessReport& report) {
  std::vector<Line> can, cannot_use, to_come;
  for (const auto& answer : report.answers) {
    auto& lines = answer.how == AccessHow::ToCome ? to_come : answer.missing.empty() ? can : cannot_use;
    lines.push_back(line_of(answer, report.by_object));
  }
  std::string out = report.by_object ? fmt::format("{} on {}", report.privilege, report.about) : report.about;
  out = printable(fmt::format("{} · {}", out, report.source)) + "\n";
  std::vector<Line> others;
  for (const auto& [holder, privilege, object] : report.others) {
    const std::string head = fmt::format("{} on {}", privilege, object);
    others.push_back({printable(head), holder == report.about ? "" : printable("through " + holder)});
  }
  if (report.answers.empty() && others.empty()) return out + (report.by_object ? "\n  nobody\n" : "\n  nothing\n");
  return out + block({}, can) + block("Granted, but not to be used", cannot_use) + block("To come", to_come) +
         block("On kinds that mesh does not manage", others);
}

std::string columns_text(const ColumnsReport& report) {
  std::vector<Line> lines;
  for (const auto& line : report.lines) {
    std::string tail = line.reading;
    if (line.rows == "filtered" || line.rows == "by condition") tail += ", rows " + line.rows;
    if (line.rows == "none" && line.reading != "denied") tail += ", no rows";
    if (!line.via.empty()) tail += " (through " + join(line.via, ", ") + ")";
    lines.push_back({printable(report.by_column ? line.who : line.column), printable(tail)});
  }
  const auto head = printable(fmt::format("{} · {}", report.about, report.source)) + "\n";
  return head + (lines.empty() ? "\n  nothing\n" : block({}, lines));
}

std::string columns_json(const ColumnsReport& report) {
  ValueList columns;
  for (const auto& line : report.lines) {
    ValueList via;
    for (const auto& role : line.via) via.emplace_back(role);
    columns.emplace_back(ValueRecord{{"who", line.who},
                                     {"column", line.column},
                                     {"reading", line.reading},
                                     {"rows", line.rows},
                                     {"via", std::move(via)}});
  }
  ValueRecord question = report.by_column ? ValueRecord{{"who_can", "SELECT"}, {"object", report.about}}
                                          : ValueRecord{{"what_can", report.about}};
  return to_json(ValueRecord{{"format_version", "1.0"},
                             {"source", report.source},
                             {"question", std::move(question)},
                             {"answers", ValueList{}},
                             {"others", ValueList{}},
                             {"unseen", ValueList{}},
                             {"columns", std::move(columns)}});
}

std::string access_json(const AccessReport& report) {
  ValueList answers;
  for (const auto& answer : report.answers) {
    ValueList via, missing;
    for (const auto& role : answer.via) via.emplace_back(role.display());
    for (const auto& container : answer.missing) missing.emplace_back(usage_on(container));
    answers.emplace_back(ValueRecord{{"who", answer.who.display()},
                                     {"privilege", answer.privilege},
                                     {"object", answer.target.display()},
                                     {"how", to_string(answer.how)},
                                     {"via", std::move(via)},
                                     {"grant_option", answer.grant_option},
                                     {"missing", std::move(missing)}});
  }
  ValueRecord question;
  if (report.by_object) {
    question = {{"who_can", report.privilege}, {"object", report.about}};
  } else {
    question = {{"what_can", report.about}};
  }
  ValueList others, unseen;
  for (const auto& [holder, privilege, object] : report.others) {
    others.emplace_back(ValueRecord{{"holder", holder}, {"privilege", privilege}, {"object", object}});
  }
  for (const auto& what : report.unseen) unseen.emplace_back(what);
  return to_json(ValueRecord{{"format_version", "1.0"},
                             {"source", report.source},
                             {"question", std::move(question)},
                             {"answers", std::move(answers)},
                             {"others", std::move(others)},
                             {"unseen", std::move(unseen)}});
}

}  // namespace mesh::render
