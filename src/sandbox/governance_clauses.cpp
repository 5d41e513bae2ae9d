#include "governance_clauses.hpp"

#include <algorithm>
#include <array>

#include "sql_error.hpp"
#include "table_parts.hpp"

namespace mesh::sandbox {
namespace {

TagText read_tag(Parser& p) {
  TagText tag;
  tag.name = p.qualified();
  p.expect_symbol("=");
  tag.value = p.string();
  return tag;
}

// TAG (a = 'v', ..) behind the word.
std::vector<TagText> read_tag_brackets(Parser& p) {
  p.expect_symbol("(");
  std::vector<TagText> tags;
  do {
    tags.push_back(read_tag(p));
  } while (p.accept_symbol(","));
  p.expect_symbol(")");
  return tags;
}

bool accept_with(Parser& p, std::string_view words) {
  return p.accept("WITH " + std::string(words)) || p.accept(words);
}
bool at_with(const Parser& p, std::string_view words) { return p.at("WITH " + std::string(words)) || p.at(words); }

// The words before a policy's columns; empty where it has none.
struct PolicyClause {
  Kind kind;
  std::string_view columns;
  bool needs_columns;
};
constexpr std::array kColumnPolicies = {PolicyClause{Kind::MaskingPolicy, "USING", false},
                                        PolicyClause{Kind::ProjectionPolicy, "", false}};
// ALLOWED JOIN KEYS as user-guide/join-policies has it.
constexpr std::array kObjectPolicies = {PolicyClause{Kind::RowAccessPolicy, "ON", true},
                                        PolicyClause{Kind::AggregationPolicy, "ENTITY KEY", false},
                                        PolicyClause{Kind::JoinPolicy, "ALLOWED JOIN KEYS", false}};

PolicyText read_policy(Parser& p, const PolicyClause& clause) {
  PolicyText text;
  text.kind = clause.kind;
  text.name = p.qualified();
  if (clause.columns.empty()) return text;
  if (clause.needs_columns && !p.at(clause.columns)) p.unexpected();
  if (p.accept(clause.columns)) text.columns = column_list(p);
  return text;
}

constexpr std::array kTagged = {Kind::Database,     Kind::Schema,        Kind::Warehouse,  Kind::Role,
                                Kind::User,         Kind::Table,         Kind::View,       Kind::MaterializedView,
                                Kind::DynamicTable, Kind::ExternalTable, Kind::EventTable, Kind::IcebergTable,
                                Kind::Stage,        Kind::Stream,        Kind::Task,       Kind::Alert,
                                Kind::SemanticView, Kind::GitRepository};
bool takes_tags(Kind kind) { return std::find(kTagged.begin(), kTagged.end(), kind) != kTagged.end(); }
// docs: object-tagging/introduction, supported objects: those above and what only ALTER tags. Policies of any kind.
constexpr std::array kTaggedByAlter = {Kind::Account,          Kind::Application,   Kind::ApplicationPackage,
                                       Kind::ComputePool,      Kind::FailoverGroup, Kind::Integration,
                                       Kind::ReplicationGroup, Kind::Share,         Kind::DatabaseRole,
                                       Kind::BackupSet,        Kind::Agent,         Kind::CortexSearchService,
                                       Kind::Function,         Kind::Procedure,     Kind::ImageRepository,
                                       Kind::Notebook,         Kind::Pipe,          Kind::Streamlit,
                                       Kind::InteractiveTable};
bool bears_tags(Kind kind) {
  return takes_tags(kind) || is_policy(kind) ||
         std::find(kTaggedByAlter.begin(), kTaggedByAlter.end(), kind) != kTaggedByAlter.end();
}
bool takes_policies(Kind kind) { return facts(kind).space == Space::TableLike && kind != Kind::Stream; }

// One clause at the cursor; false where none stands.
bool read_clause(Parser& p, Kind kind, CreateGovernance& governance) {
  if (takes_tags(kind) && (p.at("TAG") || p.at("WITH TAG")) && p.at_symbol("(", p.at("TAG") ? 1 : 2)) {
    accept_with(p, "TAG");
    for (TagText& tag : read_tag_brackets(p)) governance.tags.push_back(std::move(tag));
    return true;
  }
  if (has_contacts(kind) && p.at_symbol("(", p.at("WITH CONTACT") ? 2 : 1) && accept_with(p, "CONTACT")) {
    p.expect_symbol("(");
    for (ContactText& contact : read_contact_list(p)) governance.contacts.push_back(std::move(contact));
    p.expect_symbol(")");
    return true;
  }
  if (!takes_policies(kind)) return false;
  if (p.accept("COPY TAGS")) return governance.copy_tags = true;
  for (const PolicyClause& clause : kObjectPolicies) {
    if (!accept_with(p, facts(clause.kind).words)) continue;
    governance.policies.push_back(read_policy(p, clause));
    return true;
  }
  return false;
}

// --- COPY TAGS -------------------------------------------------------------------------------------------------------

// The old value of a common tag wins, and a column keeps its tags with unchanged name and type (docs: create-view).
void copy_tags(Running& run, const Object& from, Id to) {
  std::vector<Attachment> all = run.catalog.at(to).attachments;
  for (Attachment copy : from.attachments) {
    const Object* tag = run.catalog.find(copy.what);
    if (tag == nullptr || tag->kind != Kind::Tag) continue;
    if (copy.column != 0) {
      const TableColumn* old = find_column(from, copy.column);
      const TableColumn* now = old == nullptr ? nullptr : find_column(run.catalog.at(to), old->name);
      if (now == nullptr || now->type != old->type) continue;
      copy.column = now->id;
    }
    std::erase_if(all, [&](const Attachment& a) { return a.what == copy.what && a.column == copy.column; });
    all.push_back(std::move(copy));
  }
  run.catalog.attach(to, std::move(all));
}

// --- ALTER -----------------------------------------------------------------------------------------------------------

// Whether behind a comma the list goes on with one more name, and not with another column's form.
bool more_names(const Parser& p) {
  return p.at_symbol(",") && !p.at("COLUMN", 1) && !p.at("SET", 2) && !p.at("UNSET", 2);
}

void alter_tags(Running& run, Id id, int column) {
  Parser& p = run.parser;
  if (p.accept("SET TAG")) {
    for (const TagText& tag : read_tag_list(p)) set_tag(run, run.catalog.at(id), column, tag);
    return;
  }
  p.expect("UNSET TAG");
  unset_tag(run, run.catalog.at(id), column, p.qualified());
  while (more_names(p)) {
    p.expect_symbol(",");
    unset_tag(run, run.catalog.at(id), column, p.qualified());
  }
}

bool at_column_form(const Parser& p) {
  const size_t name = p.at("COLUMN") && p.peek(1).is_name() && !p.at("SET", 1) && !p.at("UNSET", 1) ? 1 : 0;
  if (!p.at("SET", name + 1) && !p.at("UNSET", name + 1)) return false;
  return p.at("TAG", name + 2) || p.at("MASKING POLICY", name + 2) || p.at("PROJECTION POLICY", name + 2);
}

void alter_column(Running& run, Id id) {
  Parser& p = run.parser;
  if (!at_column_form(p)) refuse_unsupported("ALTER COLUMN of tags or policies together with other changes");
  p.accept("COLUMN");
  const std::string name = p.name();
  const int column = need_column(run.catalog.at(id), name).id;
  if (p.at("SET TAG") || p.at("UNSET TAG")) return alter_tags(run, id, column);
  const bool set = p.accept("SET");
  if (!set) p.expect("UNSET");
  for (const PolicyClause& clause : kColumnPolicies) {
    if (!p.accept(facts(clause.kind).words)) continue;
    if (!set) return unset_policy(run, run.catalog.at(id), name, clause.kind);
    PolicyText text = read_policy(p, clause);
    text.force = p.accept("FORCE");
    return set_policy(run, run.catalog.at(id), name, text);
  }
  p.unexpected();
}

void alter_columns(Running& run, Id id) {
  Parser& p = run.parser;
  const bool brackets = p.accept_symbol("(");
  do {
    alter_column(run, id);
  } while (p.accept_symbol(","));
  if (brackets) p.expect_symbol(")");
}

void add_row_access(Running& run, Id id) {
  run.parser.expect("ADD ROW ACCESS POLICY");
  set_policy(run, run.catalog.at(id), "", read_policy(run.parser, kObjectPolicies[0]));
}

void drop_row_access(Running& run, Id id) {
  Parser& p = run.parser;
  if (p.accept("DROP ALL ROW ACCESS POLICIES")) return unset_policy(run, run.catalog.at(id), "", Kind::RowAccessPolicy);
  p.expect("DROP ROW ACCESS POLICY");
  drop_row_access_policy(run, run.catalog.at(id), p.qualified());
  if (p.accept_symbol(",")) add_row_access(run, id);
}

void alter_object_policy(Running& run, Id id) {
  Parser& p = run.parser;
  const bool set = p.accept("SET");
  if (!set) p.expect("UNSET");
  for (const PolicyClause& clause : kObjectPolicies) {
    if (!p.accept(facts(clause.kind).words)) continue;
    if (!set) return unset_policy(run, run.catalog.at(id), "", clause.kind);
    PolicyText text = read_policy(p, clause);
    text.force = p.accept("FORCE");
    return set_policy(run, run.catalog.at(id), "", text);
  }
  p.unexpected();
}

bool at_contact(const Parser& p) { return p.at("SET CONTACT") || p.at("UNSET CONTACT"); }

void alter_contacts(Running& run, Id id) {
  Parser& p = run.parser;
  if (p.accept("UNSET CONTACT")) return unset_contact(run, run.catalog.at(id), read_purpose(p));
  p.expect("SET CONTACT");
  for (const ContactText& text : read_contact_list(p)) set_contact(run, run.catalog.at(id), text);
}

void run_form(Running& run, Id id) {
  Parser& p = run.parser;
  if (at_contact(p)) return alter_contacts(run, id);
  if (p.at("SET TAG") || p.at("UNSET TAG")) return alter_tags(run, id, 0);
  if (p.accept("MODIFY") || p.accept("ALTER")) return alter_columns(run, id);
  if (p.at("ADD")) return add_row_access(run, id);
  if (p.at("DROP")) return drop_row_access(run, id);
  alter_object_policy(run, id);
}

// ALTER TABLE does for every table-like object as far as tags go (tag entry, normalization).
bool is_altered_as(Kind kind, const Object& object) {
  return object.kind == kind || (kind == Kind::Table && is_table_like(object)) ||
         (kind == Kind::View && object.kind == Kind::MaterializedView);
}

const Object& find_governed(const Running& run, Kind kind, const NameParts& name) {
  const Object* found = look_up(run, kind, name);
  if (found == nullptr && facts(kind).lives != Lives::Nowhere) {
    // The APPLY privileges of the account reach objects on which the role has nothing else.
    const bool governs =
        has_account_privilege(run, "APPLY TAG") || has_account_privilege(run, "APPLY MASKING POLICY") ||
        has_account_privilege(run, "APPLY ROW ACCESS POLICY") || has_account_privilege(run, "APPLY CONTACT");
    const Object& container = need_container(run, kind, name);
    if (governs) found = run.catalog.child(container.id, kind, name.back());
  }
  return found != nullptr && is_altered_as(kind, *found) ? *found : need(run, kind, name);
}

}  // namespace

std::vector<TagText> read_tag_list(Parser& p) {
  std::vector<TagText> tags;
  tags.push_back(read_tag(p));
  while (more_names(p)) {
    p.expect_symbol(",");
    tags.push_back(read_tag(p));
  }
  return tags;
}

bool read_column_governance(Parser& p, ColumnGovernance& governance) {
  for (const PolicyClause& clause : kColumnPolicies) {
    if (!accept_with(p, facts(clause.kind).words)) continue;
    governance.policies.push_back(read_policy(p, clause));
    return true;
  }
  if (!at_with(p, "TAG")) return false;
  accept_with(p, "TAG");
  for (TagText& tag : read_tag_brackets(p)) governance.tags.push_back(std::move(tag));
  return true;
}

CreateGovernance take_governance(Running& run, Kind kind) {
  CreateGovernance governance;
  if (!takes_tags(kind)) return governance;
  Parser& p = run.parser;
  const size_t begin = p.mark();
  if (!p.peek().is_name()) return governance;
  const NameParts name = p.qualified();
  int depth = 0;
  // The AS of EXECUTE AS USER does not begin the body.
  const auto at_body = [&] { return (p.at("AS") && !p.tokens()[p.mark() - 1].is("EXECUTE")) || p.at("THEN"); };
  while (!p.at_end() && !(depth == 0 && at_body())) {
    const size_t at = p.mark();
    if (depth == 0 && read_clause(p, kind, governance)) {
      p.cut(at, p.mark());
      continue;
    }
    if (p.at_symbol("(")) ++depth;
    if (p.at_symbol(")")) --depth;
    p.next();
  }
  p.back_to(begin);
  if (!governance.copy_tags) return governance;
  const Object* replaced = look_up(run, kind, name);
  if (replaced != nullptr) governance.replaced = *replaced;
  return governance;
}

void hang(Running& run, const CreateGovernance& governance) {
  if (run.made == 0) return;
  const Id id = run.made;
  for (const PolicyText& policy : governance.policies) set_policy(run, run.catalog.at(id), "", policy, true);
  for (const TagText& tag : governance.tags) set_tag(run, run.catalog.at(id), 0, tag, true);
  for (const ContactText& contact : governance.contacts) set_contact(run, run.catalog.at(id), contact, true);
  if (governance.replaced) copy_tags(run, *governance.replaced, id);
}

bool at_governance(const Parser& p, Kind kind) {
  if (at_contact(p)) return alters_contacts(kind);
  // ALTER MATERIALIZED VIEW takes neither: ALTER VIEW does that (governance-reading.md section 3.3).
  if (kind == Kind::MaterializedView) return false;
  if (p.at("SET TAG") || p.at("UNSET TAG")) return bears_tags(kind);
  if (!takes_policies(kind)) return false;
  for (const char* words :
       {"ADD ROW ACCESS POLICY", "DROP ROW ACCESS POLICY", "DROP ALL ROW ACCESS POLICIES", "SET AGGREGATION POLICY",
        "UNSET AGGREGATION POLICY", "SET JOIN POLICY", "UNSET JOIN POLICY"}) {
    if (p.at(words)) return true;
  }
  if (!p.at("MODIFY") && !p.at("ALTER")) return false;
  Parser ahead = p;
  ahead.next();
  ahead.accept_symbol("(");
  return at_column_form(ahead);
}

ResultSet alter_governance(Running& run, Kind kind, const NameParts& name, bool if_exists) {
  if (if_exists && look_up(run, kind, name) == nullptr) return executed();
  const Id id = find_governed(run, kind, name).id;
  run_form(run, id);
  run.parser.expect_end();
  touch(run, id);
  return executed();
}

ResultSet alter_account_governance(Running& run) {
  run_form(run, run.account);
  run.parser.expect_end();
  return executed();
}

}  // namespace mesh::sandbox
