// apply: what governing domains say of everybody's objects. Lines are read with the other manifests, and carried out
// when all objects are known: what they select gets ordinary attachments and properties, with the line as their place.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "mesh/base/text.hpp"
#include "mesh/kinds/contacts.hpp"
#include "mesh/kinds/tagging.hpp"
#include "mesh/model/access.hpp"
#include "references.hpp"

namespace mesh::manifest {
namespace {

constexpr const char* kExample = "- {masking_policy: D.S.POLICY, to: columns where tag D.S.TAG = value}";

// One thing that a line may say.
struct ApplyKey {
  std::string_view key;
  void (*read)(const Site&, const Node&, ApplyLine&);
  bool (*goes_on)(const Selector&);
  std::string_view goes_on_words;
};

void read_line_tags(const Site& site, const Node& node, ApplyLine& line) {
  for (auto& tag : read_tag_map(site, node)) line.attachments.push_back(std::move(tag));
}

void read_line_contacts(const Site& site, const Node& node, ApplyLine& line) {
  for (auto& contact : read_contact_map(site, node)) line.attachments.push_back(std::move(contact));
}

void read_line_metrics(const Site& site, const Node& node, ApplyLine& line) {
  for (auto& metric : read_metric_list(site, node)) {
    if (!line.selector.kind && !metric.columns.empty()) {
      site.diagnostics().error("MESH1421", metric.place, "a metric function of selected columns names none",
                               "take on: out; or select tables");
    } else {
      line.attachments.push_back(std::move(metric));
    }
  }
}

template <KindId kKind>
void read_line_policy(const Site& site, const Node& node, ApplyLine& line) {
  if (node.is_map()) {
    site.diagnostics().error("MESH1102", node.place, "a policy that is applied is named alone",
                             "its columns stand beside it: on: [COLUMN], or using: [OTHER] behind the masked one");
    return;
  }
  if (auto policy = read_policy(site, node, *kinds::policy_form(kKind))) line.attachments.push_back(std::move(*policy));
}

void read_line_set(const Site& site, const Node& node, ApplyLine& line) {
  Object scratch;
  scratch.id.kind = *line.selector.kind;
  read_properties(site, node, scratch);
  line.properties = std::move(scratch.properties);
}

void read_line_release(const Site& site, const Node& node, ApplyLine& line) {
  for (const auto& [text, place] : read_texts(node, "release", site.diagnostics())) {
    if (auto name = read_qualified(text, place, "a tag or policy", 3, 3, site.diagnostics()))
      line.released.emplace_back(std::move(*name), place);
  }
}

bool on_anything(const Selector&) { return true; }
bool on_what_bears_tags(const Selector& selector) { return !selector.kind || kinds::can_bear_tags(*selector.kind); }
bool on_what_has_contacts(const Selector& selector) {
  return selector.kind && kinds::can_have_contacts(*selector.kind);
}
bool on_columns(const Selector& selector) { return !selector.kind; }
bool on_objects(const Selector& selector) { return selector.kind.has_value(); }
bool on_users(const Selector& selector) { return selector.kind == KindId::User; }
bool on_what_is_measured(const Selector& selector) {
  return !selector.kind || kinds::has_key(kinds::of(*selector.kind), "data_metrics");
}
// Those that SET AGGREGATION POLICY and SET JOIN POLICY are for (alter-table, alter-view).
bool on_tables(const Selector& selector) { return selector.kind == KindId::Table || selector.kind == KindId::View; }
bool on_relations(const Selector& selector) { return selector.kind && kinds::of(*selector.kind).is_relation; }

constexpr ApplyKey kKeys[] = {
    {"tags", read_line_tags, on_what_bears_tags, "what can bear tags (not sequences, file formats and the like)"},
    {"masking_policy", read_line_policy<KindId::MaskingPolicy>, on_columns, "columns"},
    {"row_access_policy", read_line_policy<KindId::RowAccessPolicy>, on_relations, "tables, views and their like"},
    {"aggregation_policy", read_line_policy<KindId::AggregationPolicy>, on_tables, "tables and views"},
    {"projection_policy", read_line_policy<KindId::ProjectionPolicy>, on_columns, "columns"},
    {"join_policy", read_line_policy<KindId::JoinPolicy>, on_tables, "tables and views"},
    {"password_policy", read_line_policy<KindId::PasswordPolicy>, on_users, "users"},
    {"session_policy", read_line_policy<KindId::SessionPolicy>, on_users, "users"},
    {"authentication_policy", read_line_policy<KindId::AuthenticationPolicy>, on_users, "users"},
    {"contacts", read_line_contacts, on_what_has_contacts,
     "databases, schemas, tables, views and their like, and tasks"},
    {"data_metrics", read_line_metrics, on_what_is_measured, "columns, tables and views"},
    {"set", read_line_set, on_objects, "objects, not columns"},
    {"release", read_line_release, on_anything, ""},
};

std::optional<Selector> read_selector(const Site& site, const Node& to) {
  const auto text = read_text(to, "to", site.diagnostics());
  if (!text) return std::nullopt;
  auto selector = parse_selector(*text);
  if (selector) return std::move(*selector);
  const auto& mistake = selector.error();
  site.diagnostics().error("MESH1421", to.place_in(mistake.offset, mistake.length), mistake.message, mistake.help);
  return std::nullopt;
}

// What the names of a selector stand for is looked up when all is known; a node does not live so long.
void place_names(const Node& to, ApplyLine& line, std::vector<Place>& tags, Place& container) {
  container = to.place_in(line.selector.place_offset, line.selector.place_length);
  for (const auto& condition : line.selector.where) tags.push_back(to.place_in(condition.offset, condition.length));
}

void read_line(const Site& site, const Node& item) {
  auto& diagnostics = site.diagnostics();
  const size_t told = diagnostics.unsorted().size();
  if (!expect_map(item, "a line of apply", diagnostics)) return;
  std::vector<std::string_view> keys = {"to"};
  for (const auto& form : kinds::policy_forms()) {
    if (!form.columns_key.empty()) keys.push_back(form.columns_key);
  }
  for (const auto& row : kKeys) keys.push_back(row.key);
  check_keys(item, keys, "a line of apply", diagnostics);
  const Node* to = item.find("to");
  const bool says = std::any_of(std::begin(kKeys), std::end(kKeys),
                                [&](const ApplyKey& row) { return item.find(row.key) != nullptr; });
  if (to == nullptr || !says) {
    diagnostics.error("MESH1103", item.place,
                      to == nullptr ? "a line of apply needs to" : "a line of apply says nothing to apply",
                      fmt::format("write {}", kExample));
    return;
  }
  auto selector = read_selector(site, *to);
  if (!selector) return;
  ApplyLine line;
  line.domain = site.domain.name;
  line.place = to->place;
  line.to = to->text;
  line.selector = std::move(*selector);
  place_names(*to, line, line.tag_places, line.container_place);
  for (const auto& row : kKeys) {
    const Node* node = item.find(row.key);
    if (node == nullptr) continue;
    if (!row.goes_on(line.selector)) {
      diagnostics.error("MESH1421", to->place, fmt::format("{} goes on {}", row.key, row.goes_on_words),
                        "select those");
    } else {
      row.read(site, *node, line);
    }
  }
  for (auto& attachment : line.attachments) {
    const auto* form = kinds::policy_form(attachment.key.kind);
    const Node* columns = form == nullptr || form->columns_key.empty() ? nullptr : item.find(form->columns_key);
    if (columns != nullptr) attachment.columns = read_columns(site, *columns, form->columns_key);
    if (form != nullptr && form->needs_columns && attachment.columns.empty())
      diagnostics.error("MESH1103", attachment.place, fmt::format("{} names no column", kinds::policy_key(form->kind)),
                        fmt::format("add {}: [COLUMN]", form->columns_key));
  }
  if (diagnostics.unsorted().size() == told) site.build.applied.push_back(std::move(line));
}

// A masking policy on its own column alone is written with and without USING.
bool same(const Attachment& a, const Attachment& b) {
  if (a.name != b.name || a.value != b.value || a.expectations != b.expectations) return false;
  const bool alone = a.key.kind == KindId::MaskingPolicy && a.columns.size() <= 1 && b.columns.size() <= 1;
  return alone || a.columns == b.columns;
}

std::string words(const Attachment& attachment) {
  const auto what = fmt::format("{} {}", kind_words(attachment.key.kind), attachment.name.display());
  return attachment.key.kind == KindId::Tag ? fmt::format("{} = {}", what, attachment.value) : what;
}

class Governing {
 public:
  Governing(Build& build, Desired& desired, References& references)
      : build_(build), desired_(desired), diagnostics_(build.diagnostics), references_(references) {}

  void run() {
    std::vector<const ApplyLine*> tags, others;
    for (const auto& line : build_.applied) {
      if (!known(line)) continue;
      const bool is_tags = std::any_of(line.attachments.begin(), line.attachments.end(),
                                       [](const Attachment& each) { return each.key.kind == KindId::Tag; });
      if (is_tags) tags.push_back(&line);
      others.push_back(&line);
    }
    // Tags first, for others select by them; until no more come, so that the order of lines means nothing.
    for (bool grew = true; grew;) {
      grew = false;
      for (const auto* line : tags) grew |= attach(*line, true);
    }
    for (const auto* line : others) {
      attach(*line, false);
      set(*line);
      guard(*line);
    }
    for (const auto& id : changed_) check_properties(build_, build_.state.objects.at(id));
    let_be_applied();
  }

 private:
  bool known(const ApplyLine& line) {
    const auto& selector = line.selector;
    bool all = true;
    if (selector.in == Selector::In::Domain && build_.mesh.find(selector.domain) == nullptr) {
      std::vector<std::string> names;
      for (const auto& domain : build_.mesh.domains) names.push_back(domain.name);
      diagnostics_.error("MESH1421", line.container_place, fmt::format("there is no domain '{}'", selector.domain),
                         did_you_mean(selector.domain, names, fmt::format("there are: {}", join(names, ", "))));
      all = false;
    }
    if (selector.in == Selector::In::Database || selector.in == Selector::In::Schema) {
      const auto kind = selector.in == Selector::In::Database ? KindId::Database : KindId::Schema;
      all &= references_.must_be_known({kind, selector.container}, line.container_place);
    } else if (selector.in == Selector::In::Table) {
      all &= is_relation(selector.container) ||
             references_.must_be_known({KindId::Table, selector.container}, line.container_place);
    }
    for (size_t i = 0; i < selector.where.size(); ++i)
      all &= references_.must_be_known({KindId::Tag, selector.where[i].tag}, line.tag_places[i]);
    for (const auto& each : line.attachments) {
      if (each.key.kind == KindId::DataMetricFunction) continue;  // those of SNOWFLAKE.CORE are nobody's to declare
      all &= references_.must_be_known({each.key.kind, each.name}, each.place);
    }
    for (const auto& [name, place] : line.released) {
      if (!is_policy(name)) all &= references_.must_be_known({KindId::Tag, name}, place);
    }
    return all;
  }

  bool is_policy(const QualifiedName& name) const {
    const auto forms = kinds::policy_forms();
    return std::any_of(forms.begin(), forms.end(), [&](const auto& form) {
      return references_.is_declared({form.kind, name});
    });
  }

  bool is_relation(const QualifiedName& name) const {
    const auto kinds = kinds::relations();
    return std::any_of(kinds.begin(), kinds.end(), [&](KindId kind) { return references_.is_declared({kind, name}); });
  }

  // Nearest first: the column, its table, the schema, the database.
  const std::string* tag_value(const Object& object, const Column* column, const QualifiedName& tag) const {
    const auto of = [&](const ObjectId& id, const std::optional<Name>& name) -> const std::string* {
      const auto found = build_.state.attachments.find({{id, name}, KindId::Tag, tag});
      return found == build_.state.attachments.end() ? nullptr : &found->second.value;
    };
    if (column != nullptr) {
      if (const auto* value = of(object.id, column->name)) return value;
    }
    if (const auto* value = of(object.id, std::nullopt)) return value;
    for (auto container = object.id.name.parent(); !container.empty(); container = container.parent()) {
      const auto kind = container.depth() == 1 ? KindId::Database : KindId::Schema;
      if (const auto* value = of({kind, container}, std::nullopt)) return value;
    }
    return nullptr;
  }

  bool is_selected(const Selector& selector, const Object& object, const Column* column) const {
    const auto& name = object.id.name;
    switch (selector.in) {
      case Selector::In::Mesh:
        break;
      case Selector::In::Domain:
        if (object.domain != selector.domain) return false;
        break;
      case Selector::In::Database:
      case Selector::In::Schema:
        if (kinds::of(object.id.kind).scope == kinds::Scope::Account || !name.is_under(selector.container))
          return false;
        break;
      case Selector::In::Table:
        if (name != selector.container) return false;
        break;
    }
    const auto& last = column != nullptr ? column->name : name.last();
    if (!selector.pattern.empty() && !glob_match(selector.pattern, last.stored())) return false;
    return std::all_of(selector.where.begin(), selector.where.end(), [&](const TagCondition& condition) {
      const auto* value = tag_value(object, column, condition.tag);
      return value != nullptr && (!condition.value || *condition.value == *value);
    });
  }

  template <typename Visit>
  void each_selected(const Selector& selector, Visit visit) {
    for (auto& [id, object] : build_.state.objects) {
      if (selector.kind) {
        if (id.kind == *selector.kind && is_selected(selector, object, nullptr)) visit(object, nullptr);
        continue;
      }
      if (!kinds::of(id.kind).is_relation) continue;
      for (const auto& column : object.columns) {
        if (is_selected(selector, object, &column)) visit(object, &column);
      }
    }
  }

  // Whether anything was new.
  bool attach(const ApplyLine& line, bool tags) {
    bool grew = false;
    each_selected(line.selector, [&](const Object& object, const Column* column) {
      for (const auto& each : line.attachments) {
        if ((each.key.kind == KindId::Tag) == tags) grew |= attach(line, each, object, column);
      }
    });
    return grew;
  }

  bool attach(const ApplyLine& line, Attachment made, const Object& object, const Column* column) {
    made.key.bearer = {object.id, column != nullptr ? std::optional(column->name) : std::nullopt};
    if (made.key.kind == KindId::DataMetricFunction) {  // stands on the relation, of which it measures the column
      if (!kinds::has_key(kinds::of(object.id.kind), "data_metrics")) return false;
      if (column != nullptr) made.columns = {column->name};
      measure(made, object.id);
    }
    made.domain = object.domain;
    made.applied_by = line.domain;
    made.applied_to = line.to;
    if (made.key.kind == KindId::MaskingPolicy && !made.columns.empty())
      made.columns.insert(made.columns.begin(), column->name);
    // A column of an external table is computed: only VALUE could be masked (page sql/create-external-table).
    if (column != nullptr && kinds::of(object.id.kind).columns_computed && made.key.kind != KindId::Tag)
      return cannot_bear(made, column->place);
    const auto [it, fresh] = build_.state.attachments.try_emplace(made.key, made);
    if (fresh) return true;
    auto& there = it->second;
    if (!same(there, made)) return contradicts(there, made);
    if (there.applied_by.empty()) {
      there.applied_by = line.domain;
      there.applied_to = line.to;
    }
    return false;
  }

  bool cannot_bear(const Attachment& made, Place column) {
    auto& error = diagnostics_.error("MESH1303", made.place,
                                     fmt::format("{} is computed, and bears no policy", made.key.bearer.address()),
                                     "select other columns");
    error.notes.push_back({"it is declared here", column});
    return false;
  }

  // Told once, at what a domain declares, or at the second of two lines.
  bool contradicts(const Attachment& there, const Attachment& made) {
    if (!told_.insert(there.key).second) return false;
    const auto where = there.key.bearer.address();
    if (there.applied_by.empty()) {
      auto& error = diagnostics_.error("MESH1422", there.place,
                                       fmt::format("domain {} sets {} on {}, but domain {} applies {} there",
                                                   there.domain, words(there), where, made.applied_by, words(made)),
                                       fmt::format("take it out: what {} applies comes by itself", made.applied_by));
      error.notes.push_back({"it is applied here", made.place});
    } else {
      auto& error = diagnostics_.error("MESH1422", made.place,
                                       fmt::format("two lines apply {} and {} to {}", words(there), words(made), where),
                                       "make their selectors meet nowhere");
      error.notes.push_back({"the other line", there.place});
    }
    return false;
  }

  void set(const ApplyLine& line) {
    if (line.properties.empty()) return;
    each_selected(line.selector, [&](Object& object, const Column*) {
      for (const auto& [name, property] : line.properties) set(line, name, property, object);
    });
  }

  void set(const ApplyLine& line, const std::string& name, const Property& property, Object& object) {
    const auto* row = kinds::find_property(kinds::of(object.id.kind), name);
    if (row->applies != nullptr && !row->applies(object)) return;
    if (object.structure_is_foreign() && !(name == "comment" && object.manage.count(name) > 0)) {
      auto& warning = diagnostics_.warning(
          "MESH1422", property.place,
          fmt::format("{} of {} cannot be set: its structure is left to another tool", name, object.id.address()),
          "select other objects, or let that tool set it");
      warning.notes.push_back({"it is declared here", object.place});
      return;
    }
    auto& setter = desired_.governed.sets[object.id];
    const auto ignored = object.ignore_changes.count(name) > 0;
    const auto stated = object.properties.find(name);
    const bool differs = stated != object.properties.end() && stated->second.value != property.value;
    if (ignored || differs) {
      const bool by_line = differs && setter.count(name) > 0;
      const std::string value = differs ? " to " + to_display(stated->second.value) : std::string();
      auto& error =
          diagnostics_.error("MESH1422", differs ? stated->second.place : object.place,
                             by_line ? fmt::format("two lines set {} of {}", name, object.id.address())
                                     : fmt::format("domain {} {} {} of {}{}, but domain {} sets it to {}",
                                                   object.domain, differs ? "sets" : "ignores changes of", name,
                                                   object.id.address(), value, line.domain, to_display(property.value)),
                             by_line ? "make their selectors meet nowhere"
                                     : fmt::format("take it out: what {} sets comes by itself", line.domain));
      error.notes.push_back({by_line ? "the other line" : "it is set here", property.place});
      return;
    }
    setter[name] = {line.domain, line.to};
    if (stated == object.properties.end()) object.properties.emplace(name, property);
    changed_.insert(object.id);
  }

  void guard(const ApplyLine& line) {
    auto& governed = desired_.governed;
    const bool protects = std::any_of(line.attachments.begin(), line.attachments.end(),
                                      [](const Attachment& each) { return each.key.kind != KindId::Tag; });
    for (const auto& condition : line.selector.where) {
      if (protects) governed.guards.push_back({condition.tag, condition.value, line.domain, line.place});
    }
    std::vector<QualifiedName> tags;
    for (const auto& condition : line.selector.where) tags.push_back(condition.tag);
    for (const auto& each : line.attachments)
      governed.lines.push_back({line.domain, line.to, each.key.kind, each.name, tags});
    for (const auto& [name, property] : line.properties)
      governed.lines.push_back({line.domain, line.to, KindId::Tag, {}, tags, name});
    if (line.released.empty()) return;
    each_selected(line.selector, [&](const Object& object, const Column* column) {
      const Bearer bearer{object.id, column != nullptr ? std::optional(column->name) : std::nullopt};
      for (const auto& [name, place] : line.released) governed.released.insert({bearer, name});
    });
  }

  // What is applied stands in the domain's own CREATE and ALTER: its deploy role gets APPLY, and what it needs to find
  // the tag or policy (grants.md 3.1).
  void let_be_applied() {
    std::set<std::pair<ObjectId, std::string>> seen;
    for (const auto& [key, attachment] : build_.state.attachments) {
      const Domain* owner = build_.owner_of(attachment.name);
      if (attachment.applied_by.empty() || owner == nullptr) continue;
      const auto role = build_.mesh.deploy_role(attachment.domain);
      if (role.empty() || role == build_.mesh.deploy_role(owner->name)) continue;
      ObjectId what{key.kind, attachment.name};
      const auto* metric = declared_metric(build_.state, attachment.name);
      if (key.kind == KindId::DataMetricFunction && metric != nullptr) what = metric->id;
      if (!seen.emplace(what, role).second) continue;
      give(what, role, key.kind == KindId::DataMetricFunction ? "USAGE" : "APPLY", owner->name, attachment.place);
      for (auto container = what.name.parent(); !container.empty(); container = container.parent())
        give({container.depth() == 1 ? KindId::Database : KindId::Schema, container}, role, "USAGE", owner->name,
             attachment.place);
    }
  }

  void give(const ObjectId& id, const std::string& role, const char* privilege, const std::string& domain,
            Place place) {
    Grant grant;
    grant.key = {on_object(id), account_role(Name::exact(role)), privilege};
    grant.domain = domain;
    grant.place = place;
    build_.state.grants.emplace(grant.key, grant);
  }

  Build& build_;
  Desired& desired_;
  Diagnostics& diagnostics_;
  References& references_;
  std::set<AttachmentKey> told_;
  std::set<ObjectId> changed_;
};

}  // namespace

void read_apply(const Site& site, const Node& list) {
  if (!site.domain.governs) {
    std::vector<std::string> governing;
    for (const auto& domain : site.build.mesh.domains) {
      if (domain.governs) governing.push_back(domain.name);
    }
    site.diagnostics().error(
        "MESH1420", list.place, fmt::format("domain {} does not govern, and may not apply anything", site.domain.name),
        governing.empty() ? "governs: true in mesh.yaml makes a domain govern"
                          : fmt::format("ask domain {}; or write it at your own objects", join(governing, " or ")));
    return;
  }
  if (!expect_list(list, "apply", kExample, site.diagnostics())) return;
  for (const auto& item : list.items) read_line(site, item);
}

void carry_out_apply(Build& build, Desired& desired, References& references) {
  if (!build.applied.empty()) Governing(build, desired, references).run();
}

}  // namespace mesh::manifest
