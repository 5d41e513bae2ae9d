#include "ddl_parts.hpp"

#include "mesh/kinds/contacts.hpp"
#include "mesh/kinds/policies.hpp"

namespace mesh::kinds {
namespace {

// MASKING POLICY p USING (c, d); ROW ACCESS POLICY p ON (c); AGGREGATION POLICY p
void write_policy(Writer& w, const Attachment& policy) {
  const auto* form = policy_form(policy.key.kind);
  MESH_ASSERT(form != nullptr);
  w.kw(Keyword::of_table(of(policy.key.kind).sql)).name(policy.name);
  if (!policy.columns.empty()) w.kw(Keyword::of_table(form->columns_sql)).names(policy.columns);
}

}  // namespace

bool create_takes_tags(KindId kind) {
  return of(kind).is_relation || kind == KindId::Schema || kind == KindId::Database || kind == KindId::Warehouse;
}

void write_tags(Writer& w, const Attachments& attachments, const std::optional<Name>& column) {
  bool first = true;
  for (const auto* each : attachments) {
    if (each->key.kind != KindId::Tag || each->key.bearer.column != column) continue;
    if (first) {
      w.kw("WITH TAG").open();
    } else {
      w.comma();
    }
    first = false;
    w.name(each->name).equals().text(each->value);
  }
  if (!first) w.close();
}

void write_policies(Writer& w, const Attachments& attachments, const std::optional<Name>& column) {
  for (const auto& form : policy_forms()) {
    for (const auto* each : attachments) {
      if (each->key.kind != form.kind || each->key.bearer.column != column) continue;
      w.kw("WITH");
      write_policy(w, *each);
    }
  }
}

void write_own_attachments(Writer& w, const Attachments& attachments) {
  write_policies(w, attachments, std::nullopt);
  write_tags(w, attachments, std::nullopt);
}

namespace {

// ALTER TABLE t [MODIFY COLUMN c]; ALTER TABLE works for no view's columns (tag entry, statements).
Writer alter_bearer(const Bearer& bearer) {
  Writer w = alter_governed(bearer.object);
  if (bearer.column) w.kw("MODIFY COLUMN").name(*bearer.column);
  return w;
}

// ALTER of what is no plain table is ALTER TABLE, but for materialized views (contacts-using, alter-materialized-view).
Writer alter_contact(const Attachment& contact, Keyword verb) {
  const auto& id = contact.key.bearer.object;
  const auto words = of(id.kind).sql_for_policies;
  Writer w = alter(id, words == "TABLE" ? words : std::string_view());
  w.kw(verb).kw("CONTACT").kw(Keyword::of_table(contact_purpose(contact.key.slot)));
  return w;
}

// ALTER TABLE t <verb> DATA METRIC FUNCTION f ON (c)
Writer alter_metric(const Attachment& metric, Keyword verb) {
  Writer w = alter_bearer(metric.key.bearer);
  w.kw(verb).kw("DATA METRIC FUNCTION").name(metric.name).kw("ON");
  if (metric.columns.empty()) return std::move(w.open().close());
  return std::move(w.names(metric.columns));
}

void write_expectation(Writer& w, const std::string& name, const std::string& condition) {
  w.name(Name::exact(name)).open().fragment(SqlText{condition, {}}).close();
}

std::vector<std::string> metric_statements(const Attachment& wanted, const Attachment* before) {
  if (before == nullptr) {
    Writer w = alter_metric(wanted, "ADD");
    bool first = true;
    for (const auto& [name, condition] : wanted.expectations) {
      if (first) w.kw("EXPECTATION");
      if (!first) w.comma();
      first = false;
      write_expectation(w, name, condition);
    }
    return {w.take()};
  }
  std::vector<std::string> statements;
  for (const auto& [name, condition] : wanted.expectations) {
    const auto there = before->expectations.find(name);
    if (there != before->expectations.end() && sql::same_sql(condition, there->second)) continue;
    Writer w = alter_metric(wanted, "MODIFY");
    w.kw(there == before->expectations.end() ? Keyword("ADD EXPECTATION") : Keyword("MODIFY EXPECTATION"));
    write_expectation(w, name, condition);
    statements.push_back(w.take());
  }
  for (const auto& [name, condition] : before->expectations) {
    if (wanted.expectations.count(name) > 0) continue;
    statements.push_back(alter_metric(wanted, "MODIFY").kw("DROP EXPECTATION").name(Name::exact(name)).take());
  }
  return statements;
}

std::string attach_statement(const Attachment& wanted, const Attachment* before) {
  if (wanted.key.kind == KindId::Contact) return alter_contact(wanted, "SET").equals().name(wanted.name).take();
  Writer w = alter_bearer(wanted.key.bearer);
  if (wanted.key.kind == KindId::Tag) return w.kw("SET TAG").name(wanted.name).equals().text(wanted.value).take();
  // Swapped in one statement: by FORCE, which row access policies lack (governance-reading.md 8).
  const bool is_listed = wanted.key.kind == KindId::RowAccessPolicy;
  if (is_listed && before != nullptr) w.kw("DROP ROW ACCESS POLICY").name(before->name).comma();
  w.kw(is_listed ? Keyword("ADD") : Keyword("SET"));
  write_policy(w, wanted);
  if (!is_listed && before != nullptr) w.kw("FORCE");
  return w.take();
}

}  // namespace

std::vector<std::string> attach_statements(const Attachment& wanted, const Attachment* before) {
  if (wanted.key.kind == KindId::DataMetricFunction) return metric_statements(wanted, before);
  return {attach_statement(wanted, before)};
}

std::string detach_statement(const Attachment& attachment) {
  if (attachment.key.kind == KindId::Contact) return alter_contact(attachment, "UNSET").take();
  if (attachment.key.kind == KindId::DataMetricFunction) return alter_metric(attachment, "DROP").take();
  Writer w = alter_bearer(attachment.key.bearer);
  const auto kind = attachment.key.kind;
  const bool is_listed = kind == KindId::RowAccessPolicy;
  w.kw(is_listed ? Keyword("DROP") : Keyword("UNSET")).kw(Keyword::of_table(of(kind).sql));
  // The others are the only one of their kind there; a tag may have several.
  if (kind == KindId::Tag || is_listed || attachment.key.bearer.object.kind == KindId::Tag) w.name(attachment.name);
  return w.take();
}

}  // namespace mesh::kinds
