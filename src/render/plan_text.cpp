#include <algorithm>

#include <fmt/format.h>

#include "groups.hpp"
#include "mesh/base/printable.hpp"
#include "mesh/base/text.hpp"
#include "mesh/render/render.hpp"
#include "paint.hpp"
#include "words.hpp"

namespace mesh::render {
namespace {

constexpr size_t kMostFooterLines = 20;  // of one kind; all of them with -v

// Writes lines with a second column that begins at the same place in all of them: further right where long lines and
// short places leave room for it.
class Page {
 public:
  explicit Page(const TextOptions& options)
      : paint_{options.color}, width_(static_cast<size_t>(std::max(80, options.width))) {}

  void line(int indent, const char* sign, const char* color, const std::string& left, const std::string& right = {}) {
    Line line;
    line.text = std::string(static_cast<size_t>(indent), ' ');
    line.used = line.text.size() + (*sign == '\0' ? 0 : display_width(sign) + 1) + display_width(left);
    line.text += (*sign == '\0' ? "" : paint_(color, sign) + " ") + left;
    line.right = right;
    lines_.push_back(std::move(line));
  }
  // "Access   + FINANCE_ANALYST can ...": the label on the first line only.
  void footer(const char* label, const std::string& text) {
    raw(paint_(kBold, fmt::format("{:<9}", label == label_ ? "" : label)) + text);
    label_ = label;
  }
  void blank() {
    if (!lines_.empty() && !lines_.back().text.empty()) raw({});
  }
  void raw(const std::string& text) { lines_.push_back({text, 0, {}}); }
  const Paint& paint() const { return paint_; }

  std::string take() const {
    const size_t column = second_column();
    std::string out;
    for (const auto& line : lines_) {
      out += line.text;
      if (!line.right.empty()) {
        out += std::string(line.used + 2 <= column ? column - line.used : 2, ' ') + paint_(kDim, line.right);
      }
      out += '\n';
    }
    return out;
  }

 private:
  struct Line {
    std::string text;
    size_t used = 0;    // cells of the text
    std::string right;  // the second column
  };

  size_t second_column() const {
    size_t left = 0, right = 0;
    for (const auto& line : lines_) {
      if (line.right.empty()) continue;
      left = std::max(left, line.used + 2);
      right = std::max(right, display_width(line.right));
    }
    const size_t least = width_ - 40;
    return std::max(least, std::min(left, right < width_ ? width_ - right : 0));
  }

  Paint paint_;
  size_t width_;
  std::vector<Line> lines_;
  const char* label_ = nullptr;  // of the footer before; compared by address, labels are literals used once
};

void statements(Page& page, const Change& change) {
  for (const auto& statement : change.statements) {
    const auto role = statement.role.empty() ? std::string() : " as " + printable_line(statement.role);
    page.line(8, "", kDim, page.paint()(kDim, "sql" + role));
    for (const auto& text : split(printable(statement.sql), '\n')) page.line(10, "", kDim, page.paint()(kDim, text));
  }
}

size_t name_width(const std::vector<Detail>& rows) {
  size_t width = 0;
  for (const auto& row : rows) {
    if (!row.text.empty()) width = std::max(width, display_width(row.name));
  }
  return width;
}

const char* color_of(char sign) { return sign == '+' ? kGreen : sign == '-' ? kRed : sign == '~' ? kYellow : kPlain; }

void detail_lines(Page& page, const Change& change, const Sources& sources) {
  const auto rows = details(change);
  const size_t width = name_width(rows);
  for (const auto& row : rows) {
    auto left = row.name;
    if (!row.text.empty()) left += std::string(width - display_width(row.name) + 3, ' ') + row.text;
    const char sign[] = {row.sign, '\0'};
    page.line(6, row.sign == ' ' ? "" : sign, color_of(row.sign), left,
              printable_line(row.cost.empty() ? sources.describe(row.origin) : row.cost));
  }
}

void own_change(Page& page, const Change& change, const Sources& sources, const TextOptions& options) {
  page.line(2, sign(change), sign_color(change), printable_line(change.address + in_account(change)),
            printable_line(where_or_why(change, sources)));
  // What a creation states stands in its manifest lines; what a change does is told in full.
  if (change.action != Action::Create || options.verbose) detail_lines(page, change, sources);
  if (change.action == Action::Adopt) page.line(6, "", kDim, "exists: taken over as it is");
  if (change.action == Action::Forget && change.reason_text.empty())
    page.line(6, "", kDim, "stays in Snowflake, no longer managed");
  if (change.place.known() && !change.reason_text.empty()) page.line(6, "", kDim, printable_line(change.reason_text));
  if (const auto cost = cost_words(change); !cost.empty()) {
    page.line(6, "", kDim, page.paint()(is_destructive(change) ? kBoldRed : kYellow, printable_line(cost)));
  }
  if (options.verbose) statements(page, change);
}

void access_lines(Page& page, const Group& group, const Sources& sources, const TextOptions& options) {
  if (group.own.empty())
    page.line(2, "·", kDim, printable_line(group.subject + in_account(*group.access.front().changes.front())));
  for (const auto& access : group.access) {
    const auto where = sources.describe(access.place);
    page.line(6, access.added ? "+" : "-", access.added ? kGreen : kRed, printable_line(access.what),
              printable_line(where.empty() ? access.reason : where));
    if (!options.verbose) continue;
    for (const auto* change : access.changes) statements(page, *change);
  }
}

// What belongs to a product stands below its name.
void product_heading(Page& page, const PlannedProduct& product, const Sources& sources) {
  page.blank();
  page.line(2, product.product.c_str(), kBold, fmt::format("{} {}", product.version, product.status),
            printable_line(sources.describe(product.place)));
}

void changes(Page& page, const Plan& plan, const Sources& sources, const TextOptions& options) {
  std::string product;
  for (const auto& group : groups(plan)) {
    if (group.product != product) product_heading(page, planned_product(plan, group.product), sources);
    product = group.product;
    for (const auto* change : group.own) own_change(page, *change, sources, options);
    if (!group.access.empty()) access_lines(page, group, sources, options);
  }
}

// Lines under one label, cut honestly.
void footers(Page& page, const char* label, const std::vector<std::string>& lines, bool all) {
  const size_t shown = all ? lines.size() : std::min(lines.size(), kMostFooterLines);
  for (size_t i = 0; i < shown; ++i) page.footer(label, lines[i]);
  if (shown < lines.size()) page.footer(label, fmt::format("… {} more (-v shows all)", lines.size() - shown));
}

// What this revision does not bring: one line each.
void pending(Page& page, const Plan& plan, const TextOptions& options) {
  if (plan.base.empty()) return;
  const auto all = pending_changes(plan);
  if (all.size() == plan.changes.size()) {
    page.line(2, "", kDim, fmt::format("Nothing that was not pending at {} already.", printable_line(plan.base)));
  }
  std::vector<std::string> lines;
  for (const auto* change : all) lines.push_back(sign(*change) + std::string(" ") + printable_line(change->address));
  if (lines.empty()) return;
  page.blank();
  footers(page, "Pending", lines, options.verbose);
  page.footer("Pending",
              fmt::format("  {} at {} already, without this revision",
                          lines.size() == 1 ? "this was pending" : "these were pending", printable_line(plan.base)));
}

std::string placed(const std::string& text, const Place& place, const Sources& sources) {
  const auto where = sources.describe(place);
  return printable_line(where.empty() ? text : text + "  (" + where + ")");
}

std::vector<std::string> access(const Page& page, const Plan& plan) {
  std::vector<std::string> lines;
  for (const auto& words : access_words(plan)) {
    lines.push_back((words.added ? page.paint()(kGreen, "+") : page.paint()(kRed, "-")) + " " + words.text);
  }
  return lines;
}

// A line for each column; by whom, where -v or there are few.
std::vector<std::string> readers(const Page& page, const Plan& plan, bool all) {
  constexpr size_t kFew = 3;
  std::vector<std::string> lines;
  for (const auto& change : plan.readers) {
    const bool more = change.after > change.before;
    const auto sign = page.paint()(more ? kRed : kGreen, more ? "!" : "·");
    lines.push_back(sign + " " + printable_line(readers_words(change)));
    const auto list = [&](const std::vector<std::string>& who, const char* word) {
      const size_t shown = all ? who.size() : std::min(who.size(), kFew);
      for (size_t i = 0; i < shown; ++i) lines.push_back(printable_line(fmt::format("    {} {}", word, who[i])));
      if (shown < who.size()) lines.push_back(fmt::format("    {} {} more (-v shows all)", word, who.size() - shown));
    };
    list(change.gained, "+");
    list(change.lost, "-");
  }
  return lines;
}

void add_refusals(Page& page, const Plan& plan, const Sources& sources) {
  for (const auto& refusal : plan.refused) {
    page.footer("Refused", placed(refusal_words(refusal), refusal.place, sources));
    if (!refusal.ways_out.empty()) page.footer("Refused", "  " + printable_line(refusal.ways_out));
  }
}

std::vector<std::string> finding_lines(const Plan& plan, const Sources& sources, Severity severity) {
  std::vector<std::string> lines;
  for (const auto& finding : plan.findings) {
    if (finding.severity != severity) continue;
    lines.push_back(placed(finding_words(finding), finding.place, sources));
    if (!finding.help.empty()) lines.push_back("  " + printable_line(finding.help));
  }
  return lines;
}

std::vector<std::string> unmanaged_lines(const Plan& plan, bool drift) {
  std::vector<std::string> lines;
  if (plan.unmanaged.empty()) return lines;
  if (!drift) {
    lines.push_back(counted(plan.unmanaged.size(), "thing", "things") + " that mesh does not manage: see mesh drift");
    return lines;
  }
  for (const auto& item : plan.unmanaged) {
    lines.push_back(printable_line("unmanaged: " + item.address + (item.account.empty() ? "" : " in " + item.account) +
                                   (item.domain.empty() ? "" : "  (" + item.domain + ")")));
  }
  return lines;
}

void not_planned(Page& page, const Plan& plan) {
  for (const auto& [account, domains, why] : plan.unplanned) {
    page.footer("Missing", printable_line(fmt::format("{} in account {}: not planned", join(domains, ", "), account)));
    for (const auto& line : split(why, '\n')) page.footer("Missing", "  " + printable_line(line));
  }
}

void remarks(Page& page, const Plan& plan, const Sources& sources, const TextOptions& options) {
  not_planned(page, plan);
  footers(page, "Access", access(page, plan), options.verbose);
  footers(page, "Readers", readers(page, plan, options.verbose), options.verbose);
  for (const auto& item : plan.waiting) page.footer("Waiting", waiting_words(item, sources));
  for (const auto& address : plan.vanished) {
    page.footer("Vanished", printable_line(address) + ": in the ledger, but not visible in Snowflake");
  }
  footers(page, "Others", unmanaged_lines(plan, options.drift), options.verbose);
  add_refusals(page, plan, sources);
  footers(page, "Errors", finding_lines(plan, sources, Severity::Error), true);
  footers(page, "Warnings", finding_lines(plan, sources, Severity::Warning), options.verbose);
  footers(page, "Notes", finding_lines(plan, sources, Severity::Info), options.verbose);
}

}  // namespace

std::string plan_text(const Plan& plan, const Sources& sources, const TextOptions& options) {
  Page page(options);
  const bool wrong = std::any_of(plan.findings.begin(), plan.findings.end(),
                                 [](const Diagnostic& finding) { return finding.severity == Severity::Error; });
  if (plan.nothing_to_do() && plan.refused.empty() && !wrong) {
    const char* nothing = plan.unplanned.empty() ? "No changes." : "No changes in what could be planned.";
    page.raw(std::string(nothing) + (options.drift ? " Everything is as it was last applied." : "") +
             (plan.state_age.empty() ? "" : " The account is " + printable_line(plan.state_age) + "."));
    remarks(page, plan, sources, options);
    return page.take();
  }
  page.raw(page.paint()(kBold, header_words(plan)));
  page.blank();
  changes(page, plan, sources, options);
  pending(page, plan, options);
  page.blank();
  remarks(page, plan, sources, options);
  const auto summary = summary_words(plan, options.drift);
  page.footer(options.drift ? "Drift" : "Plan", (!summary.empty()       ? summary
                                                 : options.drift        ? "nothing that was applied"
                                                 : plan.refused.empty() ? "nothing while the errors stand"
                                                                        : "nothing but what is refused") +
                                                    ". " + statements_read(plan));
  return page.take();
}

}  // namespace mesh::render
