// The texts of a declared object, and the columns that its query gives, against those of the live one.
#include <algorithm>

#include <fmt/format.h>

#include "mesh/diff/lineage.hpp"
#include "objects.hpp"

namespace mesh::diff_parts {
namespace {

// OR REPLACE would take it, and lose what hangs on the object (design, promise 2).
Refusal fixed_text(const Sides& sides, const Object& desired, const kinds::TextRow& row) {
  Refusal refusal;
  refusal.address = desired.id.address();
  refusal.code = "MESH2002";
  refusal.message =
      fmt::format("{} of {} cannot be changed: Snowflake fixes it at creation", row.name, desired.id.address());
  const std::string cost(kinds::of(desired.id.kind).drop_cost);
  refusal.ways_out =
      fmt::format("leave it as it is in the manifest; or declare it under a new name, and remove this one ({}{})",
                  tombstone_text(sides.mesh(), desired.id), cost.empty() ? "" : "; dropping it " + cost);
  const SqlText* text = desired.text(row.name);
  refusal.place = text != nullptr && text->place.known() ? text->place : desired.place;
  return refusal;
}

// Of a text that this role may not read (a secure view's), what Snowflake made of the one that mesh wrote last: that it
// was changed since nobody can tell, that another one is declared now they can.
std::optional<SqlText> last_echo(const LedgerEntry* entry, const std::string& name) {
  if (entry == nullptr) return std::nullopt;
  const auto echo = entry->echoes.find(name);
  return echo == entry->echoes.end() ? std::nullopt : std::optional(SqlText{echo->second.echo, {}});
}

Value text_value(const SqlText* text) { return text == nullptr ? Value() : Value(text->text); }

}  // namespace

bool diff_texts(const Sides& sides, const Object& desired, const Object& live, Change& change, DiffResult& result) {
  if (desired.structure_is_foreign()) return false;
  bool anew = false;
  std::vector<DiffLine> lines;
  for (const auto& row : kinds::of(desired.id.kind).texts) {
    const std::string name(row.name);
    const bool hidden = live.live.unknown.count(name) > 0;
    const auto written = hidden ? last_echo(sides.entry(desired.id), name) : std::nullopt;
    if (desired.ignore_changes.count(name) > 0 || (hidden && !written)) continue;
    const SqlText *wanted = desired.text(name), *now = hidden ? &*written : live.text(name);
    if (wanted == nullptr && now == nullptr) continue;
    if (wanted != nullptr &&
        same_text(sides.entry(desired.id), name, wanted->text, now == nullptr ? std::string() : now->text, row.same))
      continue;
    lines.push_back({name, text_value(now), text_value(wanted), {}});
    anew |= row.change == kinds::TextChange::Replace;
    if (row.change == kinds::TextChange::Refuse) result.refused.push_back(fixed_text(sides, desired, row));
    // Frozen rows that thaw are computed again (alter-dynamic-table, FROZEN WHERE).
    if (row.keeps_rows && now != nullptr) change.risk = std::max(change.risk, Risk::Expensive);
    if (row.change == kinds::TextChange::Alter)
      add_statement(change, Act::Alter, kinds::set_text(desired.id, row, wanted),
                    sides.mesh().deploy_role(desired.domain));
  }
  change.diff.insert(change.diff.begin(), lines.begin(), lines.end());
  return anew;
}

void diff_foreign_comments(const Sides& sides, const Object& desired, const Object& live, Change& change,
                           DiffResult& result) {
  if (desired.manage.count("comment") == 0) return;
  const auto warn = [&](const Column& column, std::string what, const char* help) {
    result.findings.push_back(
        {Severity::Warning, "MESH2020", std::move(what), help, desired.id.address(), column.place, {}});
  };
  for (const auto& column : desired.columns) {
    if (column.comment.empty()) continue;  // what the other tool says stays
    const auto it = std::ranges::find(live.columns, column.name, &Column::name);
    if (it == live.columns.end()) {
      warn(column, fmt::format("{} has no column '{}'", desired.id.address(), column.name.display()),
           "the tool that makes it makes none of that name");
    } else if (it->comment != column.comment && kinds::of(desired.id.kind).lists_comments) {
      warn(column,
           fmt::format("the comment of column '{}' of {} cannot be set", column.name.display(), desired.id.address()),
           "it stands in its CREATE alone, and that is the other tool's: write it there");
    } else if (it->comment != column.comment) {
      change.diff.push_back(
          {"columns." + column.name.stored() + ".comment", text_or_null(it->comment), column.comment, {}});
      add_statement(change, Act::Alter, kinds::set_column_comment(desired.id, column.name, column.comment),
                    sides.mesh().deploy_role(desired.domain));
    }
  }
}

bool diff_view_columns(const Sides& sides, const Object& desired, const Object& live, Change& change,
                       DiffResult& result) {
  const auto* entry = sides.entry(desired.id);
  const bool were_stated = entry != nullptr && entry->attached.count(kViewColumns) > 0;
  if (!desired.columns_stated && !were_stated) return false;
  const bool in_list = kinds::of(desired.id.kind).lists_comments;
  bool anew = false;
  const auto comment = [&](const Name& column, const std::string& before, const std::string& after) {
    change.diff.push_back({"columns." + column.stored() + ".comment", text_or_null(before), text_or_null(after), {}});
    anew |= in_list;
    if (!in_list)
      add_statement(change, Act::Alter, kinds::set_column_comment(desired.id, column, after),
                    sides.mesh().deploy_role(desired.domain));
  };
  // Where another query comes, the columns are those that it gives.
  const SqlText *query = desired.text("query"), *now = live.text("query");
  const bool is_other = query != nullptr && now != nullptr && !sql::same_sql(query->text, now->text);
  const auto names = is_other ? names_by_query(sides.desired().state, desired) : std::nullopt;
  const auto gives = [&](const Name& name) { return std::find(names->begin(), names->end(), name) != names->end(); };
  for (const auto& column : desired.columns) {
    const auto it =
        std::find_if(live.columns.begin(), live.columns.end(), [&](const Column& c) { return c.name == column.name; });
    if (it == live.columns.end()) {
      if (desired.find("column_list") != nullptr) continue;  // made anew, it has that name
      if (names && gives(column.name)) {
        if (!column.comment.empty()) comment(column.name, "", column.comment);
        continue;
      }
      result.findings.push_back({Severity::Warning,
                                 "MESH2020",
                                 fmt::format("{} has no column '{}'", desired.id.address(), column.name.display()),
                                 "its query gives none of that name",
                                 desired.id.address(),
                                 column.place,
                                 {}});
      continue;
    }
    if (it->comment != column.comment) comment(column.name, it->comment, column.comment);
  }
  for (const auto& column : live.columns) {
    const bool is_stated = std::any_of(desired.columns.begin(), desired.columns.end(),
                                       [&](const Column& c) { return c.name == column.name; });
    if (!is_stated && !column.comment.empty() && (!names || gives(column.name)))
      comment(column.name, column.comment, "");
  }
  return anew;
}

}  // namespace mesh::diff_parts
