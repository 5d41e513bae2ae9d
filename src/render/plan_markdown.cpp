#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "groups.hpp"
#include "markdown.hpp"
#include "mesh/base/printable.hpp"
#include "mesh/base/text.hpp"
#include "mesh/render/render.hpp"
#include "words.hpp"

namespace mesh::render {
namespace {

using markdown::code;
using markdown::prose;

constexpr size_t kMostDetails = 6;  // of one change in a table
constexpr std::string_view kTableHead = "| | Change | What | Where |\n|---|---|---|---|\n";

struct Row {
  std::string text;
  size_t changes = 1;
};

// Takes what fits and counts what does not.
class Page {
 public:
  explicit Page(size_t limit) : limit_(limit) {}

  bool fits(size_t bytes) const { return out_.size() + bytes <= limit_; }
  void always(const std::string& text) { out_ += text; }
  // Rows below a heading, as many as fit; returns how many changes (or lines) were left out.
  size_t section(const std::string& heading, const std::vector<Row>& rows) {
    size_t left_out = 0;
    bool open = false, full = false;
    for (const auto& row : rows) {
      full = full || !fits(row.text.size() + (open ? 1 : heading.size() + 2));
      if (full) {
        left_out += row.changes;
        continue;
      }
      if (!open) out_ += "\n" + heading;
      open = true;
      out_ += row.text;
    }
    return left_out;
  }
  size_t room() const { return limit_ > out_.size() ? limit_ - out_.size() : 0; }
  std::string take() { return std::move(out_); }

 private:
  size_t limit_;
  std::string out_;
};

std::string joined(const std::vector<std::string>& cells) {
  std::string out;
  for (const auto& cell : cells) out += (out.empty() ? "" : "<br>") + cell;
  return out;
}

std::string what_changes(const Change& change, const Sources& sources) {
  std::vector<std::string> cells;
  // What a creation states stands in its manifest lines, and in the SQL below.
  const auto rows = change.action == Action::Create ? std::vector<Detail>{} : details(change);
  for (size_t i = 0; i < rows.size() && i < kMostDetails; ++i) {
    const auto& row = rows[i];
    auto cell = code((row.sign == ' ' ? "" : std::string(1, row.sign) + " ") + row.name +
                     (row.text.empty() ? "" : ": " + row.text));
    if (!row.cost.empty()) cell += " **" + prose(row.cost) + "**";
    if (row.origin.known()) cell += " (" + code(sources.describe(row.origin)) + ")";
    cells.push_back(std::move(cell));
  }
  if (rows.size() > kMostDetails) cells.push_back(fmt::format("… {} more", rows.size() - kMostDetails));
  if (change.action == Action::Adopt) cells.emplace_back("exists: taken over as it is");
  if (change.action == Action::Forget && change.reason_text.empty())
    cells.emplace_back("stays in Snowflake, no longer managed");
  if (const auto cost = cost_words(change); !cost.empty()) cells.push_back("**" + prose(cost) + "**");
  return joined(cells);
}

std::string where_cell(const Place& place, const std::string& reason, const Sources& sources) {
  const auto where = sources.describe(place);
  return where.empty() ? prose(reason) : code(where);
}

Row row_of(const Change& change, const Sources& sources) {
  return {fmt::format("| {} | {} | {} | {} |\n", sign(change), code(change.address), what_changes(change, sources),
                      where_cell(change.place, reason_words(change), sources))};
}

Row row_of(const Group& group, const AccessLine& line, const Sources& sources) {
  return {fmt::format("| {} | {} | {} | {} |\n", line.added ? "+" : "-", code(group.subject), code(line.what),
                      where_cell(line.place, line.reason, sources)),
          line.changes.size()};
}

// A row above those of a product.
Row row_of(const PlannedProduct& product, const Sources& sources) {
  return {fmt::format("| | **product** {} | {} | {} |\n", code(product.product),
                      code(product.version + " " + product.status), where_cell(product.place, {}, sources)),
          0};
}

// Destructive changes apart, the others by domain, and within it product by product.
struct Tables {
  std::vector<Row> destructive;
  std::map<std::string, std::vector<Row>> domains;  // with the account, where it is not the plan's
};

std::string heading_of(const Change& change) {
  return (change.domain.empty() ? "mesh" : change.domain) + in_account(change);
}

Tables tables(const Plan& plan, const Sources& sources) {
  Tables out;
  std::map<std::string, std::string> last;  // product of each domain's table
  const auto rows_of = [&](const Group& group, const std::string& domain) -> std::vector<Row>& {
    auto& rows = out.domains[domain];
    auto& product = last[domain];
    if (group.product != product) rows.push_back(row_of(planned_product(plan, group.product), sources));
    product = group.product;
    return rows;
  };
  for (const auto& group : groups(plan)) {
    for (const auto* change : group.own) {
      auto& rows = is_destructive(*change) ? out.destructive : rows_of(group, heading_of(*change));
      rows.push_back(row_of(*change, sources));
    }
    for (const auto& line : group.access) {
      rows_of(group, heading_of(*line.changes.front())).push_back(row_of(group, line, sources));
    }
  }
  return out;
}

// What this revision does not bring, folded.
std::vector<Row> pending(const Plan& plan, const Sources& sources) {
  const auto all = pending_changes(plan);
  if (all.empty()) return {};
  std::string text =
      fmt::format("<details><summary>{} at {} already</summary>\n\n{}",
                  counted(all.size(), "change was pending", "changes were pending"), prose(plan.base), kTableHead);
  for (const auto* change : all) text += row_of(*change, sources).text;
  return {{text + "\n</details>\n", all.size()}};
}

size_t with_risk(const Plan& plan, Risk risk) {
  return static_cast<size_t>(
      std::count_if(plan.changes.begin(), plan.changes.end(), [&](const auto& change) { return change.risk == risk; }));
}

size_t errors(const std::vector<Diagnostic>& findings) {
  return static_cast<size_t>(std::count_if(findings.begin(), findings.end(),
                                           [](const auto& finding) { return finding.severity == Severity::Error; }));
}

std::string verdict(const Plan& plan) {
  if (!plan.refused.empty()) {
    return "⛔ Apply would refuse this: " + counted(plan.refused.size(), "thing needs", "things need") +
           " consent or another way.";
  }
  if (const auto count = errors(plan.findings); count > 0) return "⛔ " + counted(count, "error", "errors") + ".";
  if (!plan.unplanned.empty())
    return "⛔ " + counted(plan.unplanned.size(), "account", "accounts") + " could not be planned.";
  if (plan.nothing_to_do()) return "✅ No changes.";
  if (const auto count = with_risk(plan, Risk::Destructive); count > 0) {
    return "🔴 " + counted(count, "change loses", "changes lose") + " data.";
  }
  if (const auto count = with_risk(plan, Risk::Disruptive); count > 0) {
    return "🟠 " + counted(count, "change is", "changes are") +
           " disruptive: someone loses access, or what is built on it breaks.";
  }
  if (const auto count = with_risk(plan, Risk::Expensive); count > 0) {
    return "🟡 " + counted(count, "change rebuilds", "changes rebuild") + " data.";
  }
  return "🟢 Safe.";
}

std::string head(const Plan& plan) {
  const auto summary = summary_words(plan, false);
  return fmt::format("**{}** {}{}\n\n{}\n", verdict(plan), summary.empty() ? "" : summary + ". ", statements_read(plan),
                     prose(header_words(plan)));
}

std::vector<Row> not_planned(const Plan& plan) {
  std::vector<Row> rows;
  for (const auto& [account, domains, why] : plan.unplanned)
    rows.push_back({fmt::format("- {} in account {}: {}\n", prose(join(domains, ", ")), prose(account), prose(why))});
  return rows;
}

std::vector<Row> refusals(const Plan& plan, const Sources& sources) {
  std::vector<Row> rows;
  for (const auto& refusal : plan.refused) {
    const auto where = sources.describe(refusal.place);
    rows.push_back({"- " + prose(refusal_words(refusal)) + (where.empty() ? "" : " (" + code(where) + ")") +
                    (refusal.ways_out.empty() ? "" : "<br>" + prose(refusal.ways_out)) + "\n"});
  }
  return rows;
}

std::vector<Row> rows_of(const std::vector<Diagnostic>& findings, const Sources& sources, bool of_errors) {
  std::vector<Row> rows;
  for (const auto& finding : findings) {
    if ((finding.severity == Severity::Error) != of_errors) continue;
    const auto where = sources.describe(finding.place);
    rows.push_back({"- " + prose(finding_words(finding)) + (where.empty() ? "" : " (" + code(where) + ")") +
                    (finding.help.empty() ? "" : "<br>" + prose(finding.help)) + "\n"});
  }
  return rows;
}

std::vector<Row> access(const Plan& plan) {
  std::vector<Row> rows;
  for (const auto& words : access_words(plan))
    rows.push_back({std::string("- ") + (words.added ? "➕ " : "➖ ") + code(words.text) + "\n"});
  return rows;
}

// The count open, by whom behind a fold.
std::vector<Row> readers(const Plan& plan) {
  std::vector<Row> rows;
  for (const auto& change : plan.readers) {
    const bool more = change.after > change.before;
    std::string text =
        fmt::format("<details><summary>{}{}</summary>\n\n", more ? "⚠️ " : "", prose(readers_words(change)));
    for (const auto& who : change.gained) text += "- ➕ " + code(who) + "\n";
    for (const auto& who : change.lost) text += "- ➖ " + code(who) + "\n";
    rows.push_back({text + "\n</details>\n"});
  }
  return rows;
}

std::vector<Row> waiting(const Plan& plan, const Sources& sources) {
  std::vector<Row> rows;
  for (const auto& item : plan.waiting) rows.push_back({"- " + prose(waiting_words(item, sources)) + "\n"});
  return rows;
}

std::vector<Row> addresses(const std::vector<std::string>& all) {
  std::vector<Row> rows;
  rows.reserve(all.size());
  for (const auto& address : all) rows.push_back({"- " + code(address) + "\n"});
  return rows;
}

std::vector<Row> unmanaged(const Plan& plan) {
  std::vector<std::string> all;
  for (const auto& item : plan.unmanaged) all.push_back(item.address);
  return addresses(all);
}

// Statements below a comment that names the change, and the role where it is another.
std::string sql_of(const Change& change) {
  std::string out;
  const std::string* role = nullptr;
  for (const auto& statement : change.statements) {
    if (role == nullptr || *role != statement.role) {
      out += fmt::format("-- {}{}\n", printable_line(change.address),
                         statement.role.empty() ? "" : " as " + printable_line(statement.role));
    }
    role = &statement.role;
    out += printable(statement.sql) + ";\n";
  }
  return out;
}

// All statements in the order of execution, folded. Returns how many lines were left out because not even the frame
// fits.
size_t add_sql(Page& page, const Plan& plan) {
  size_t total = 0, shown = 0;
  for (const auto& change : plan.changes) total += change.statements.size();
  if (total == 0) return 0;
  constexpr size_t kFrame = 300;  // summary, fences, the line about what is missing
  size_t room = page.room() > kFrame ? page.room() - kFrame : 0;
  std::string body;
  for (const auto& change : plan.changes) {
    const auto text = sql_of(change);
    if (text.size() > room) break;
    room -= text.size();
    shown += change.statements.size();
    body += text;
  }
  const auto missing =
      shown < total ? fmt::format("\n… {} not shown\n", counted(total - shown, "more statement", "more statements"))
                    : "";
  const auto text = fmt::format("<details><summary>SQL: {}</summary>\n\n{}{}\n</details>\n",
                                counted(total, "statement", "statements"),
                                body.empty() ? std::string() : markdown::sql_block(body), missing);
  return page.section("", {{text, total}});
}

std::string cut_notice(size_t changes, size_t lines) {
  std::vector<std::string> parts;
  if (changes > 0) parts.push_back(counted(changes, "more change", "more changes"));
  if (lines > 0) parts.push_back(counted(lines, "more line", "more lines"));
  return parts.empty() ? std::string() : "\n… " + join(parts, " and ") + " not shown\n";
}

std::string closing(const Plan& plan) {
  return plan.fingerprint.empty() ? std::string() : "\nFingerprint: " + code(plan.fingerprint) + "\n";
}

// Where not even the verdict fits: whole characters only.
std::string hard_cut(std::string text, size_t limit) {
  if (text.size() <= limit) return text;
  while (limit > 0 && (text[limit] & 0xC0) == 0x80) --limit;
  text.resize(limit);
  return text;
}

}  // namespace

std::string plan_markdown(const Plan& plan, const Sources& sources, size_t limit) {
  const auto last = closing(plan);
  const size_t reserved = last.size() + cut_notice(999'999, 999'999).size();
  Page page(limit > reserved ? limit - reserved : 0);
  page.always(head(plan));
  const auto rows = tables(plan, sources);
  size_t changes = 0, lines = 0;  // left out
  lines += page.section("#### Not planned\n\n", not_planned(plan));
  lines += page.section("#### Refused\n\n", refusals(plan, sources));
  lines += page.section("#### Errors\n\n", rows_of(plan.findings, sources, true));
  changes += page.section(fmt::format("#### Loses data\n\n{}", kTableHead), rows.destructive);
  for (const auto& [domain, of_domain] : rows.domains) {
    changes += page.section(fmt::format("#### {}\n\n{}", prose(domain), kTableHead), of_domain);
  }
  changes += page.section("", pending(plan, sources));
  lines += page.section("#### Waiting\n\n", waiting(plan, sources));
  lines += page.section("#### In the ledger, but not visible in Snowflake\n\n", addresses(plan.vanished));
  lines += page.section("#### Warnings\n\n", rows_of(plan.findings, sources, false));
  lines += page.section("#### Access\n\n", access(plan));
  lines += page.section("#### Who reads what is classified\n\n", readers(plan));
  lines += page.section("#### Not managed by mesh\n\n", unmanaged(plan));
  lines += add_sql(page, plan);
  page.always(cut_notice(changes, lines));
  page.always(last);
  return hard_cut(page.take(), limit);
}

std::string findings_markdown(const std::vector<Diagnostic>& findings, const Sources& sources, size_t limit) {
  const size_t reserved = cut_notice(999'999, 999'999).size();
  Page page(limit > reserved ? limit - reserved : 0);
  const auto count = errors(findings);
  page.always(count == 0 ? "**✅ Valid.**\n" : fmt::format("**⛔ {}.**\n", counted(count, "error", "errors")));
  size_t lines = page.section("#### Errors\n\n", rows_of(findings, sources, true));
  lines += page.section("#### Warnings\n\n", rows_of(findings, sources, false));
  page.always(cut_notice(0, lines));
  return hard_cut(page.take(), limit);
}

}  // namespace mesh::render
