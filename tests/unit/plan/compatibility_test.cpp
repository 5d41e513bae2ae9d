// The rules CON-01 to CON-32: for each a change that breaks or is told, and one that is harmless.
#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "mesh/base/text.hpp"
#include "mesh/plan/compatibility.hpp"

using namespace mesh;

namespace {

Name name(const char* text) { return Name::exact(text); }
QualifiedName path(std::vector<const char*> parts) {
  std::vector<Name> names;
  for (const auto* part : parts) names.push_back(name(part));
  return QualifiedName(std::move(names));
}

ContractColumn column(const char* called, const char* type) {
  ContractColumn made;
  made.name = name(called);
  made.type = DataType::parse(type).value();
  return made;
}

Contract orders() {
  Contract contract;
  ContractObject object;
  object.name = path({"SALES", "ORDERS", "ORDERS"});
  object.kind = "table";
  object.columns = {column("ID", "NUMBER(38,0)"), column("NOTE", "VARCHAR(100)"), column("RAW", "BINARY(100)"),
                    column("AT", "TIMESTAMP_NTZ")};
  object.columns[0].key_position = 1;
  object.columns[0].required = true;
  contract.objects.push_back(object);
  return contract;
}

using Edit = void (*)(Contract& before, Contract& after);
ContractObject& object(Contract& c) { return c.objects.at(0); }
ContractColumn& id(Contract& c) { return object(c).columns.at(0); }
ContractColumn& note(Contract& c) { return object(c).columns.at(1); }
ContractColumn& raw(Contract& c) { return object(c).columns.at(2); }
ContractColumn& at(Contract& c) { return object(c).columns.at(3); }
DataType type(const char* text) { return DataType::parse(text).value(); }

struct Case {
  const char* what;
  Edit edit;
  const char* found;  // rule and step of each change
};

std::string found(const std::vector<ContractChange>& changes) {
  std::vector<std::string> all;
  for (const auto& change : changes) all.push_back(change.rule + " " + to_string(change.step));
  return join(all, ", ");
}

const std::vector<Case>& cases() {
  static const std::vector<Case> all = {
      {"nothing", [](Contract&, Contract&) {}, ""},
      {"01 removed", [](Contract&, Contract& b) { b.objects.clear(); }, "CON-01 major"},
      {"01 renamed, no id",
       [](Contract&, Contract& b) {
         object(b).name = path({"SALES", "ORDERS", "O"});
       },
       "CON-05 minor, CON-01 major"},
      {"01 renamed, same id",
       [](Contract& a, Contract& b) {
         object(a).id = object(b).id = "x";
         object(b).name = path({"SALES", "ORDERS", "O"});
       },
       "CON-01 major"},
      {"01 harmless: one more",
       [](Contract&, Contract& b) {
         b.objects.push_back(object(b));
         b.objects[1].name = path({"SALES", "ORDERS", "LINES"});
       },
       "CON-05 minor"},
      {"02 table to view", [](Contract&, Contract& b) { object(b).kind = "view"; }, "CON-02 minor"},
      {"02 harmless: not said", [](Contract&, Contract& b) { object(b).kind = ""; }, ""},
      {"03 removed", [](Contract&, Contract& b) { object(b).columns.pop_back(); }, "CON-03 major"},
      {"03 harmless: columns not known",
       [](Contract&, Contract& b) {
         object(b).columns.clear();
         object(b).columns_known = false;
       },
       ""},
      {"04 renamed",
       [](Contract& a, Contract& b) {
         note(a).id = note(b).id = "n";
         note(b).name = name("REMARK");
       },
       "CON-04 major"},
      {"04 without an id it is gone", [](Contract&, Contract& b) { note(b).name = name("REMARK"); },
       "CON-03 major, CON-05 minor"},
      {"05 added", [](Contract&, Contract& b) { object(b).columns.push_back(column("X", "DATE")); }, "CON-05 minor"},
      {"06 added, never null",
       [](Contract&, Contract& b) {
         object(b).columns.push_back(column("X", "DATE"));
         object(b).columns.back().required = true;
       },
       "CON-06 minor"},
      {"05 never null with a default",
       [](Contract&, Contract& b) {
         object(b).columns.push_back(column("X", "DATE"));
         object(b).columns.back().required = true;
         object(b).columns.back().default_value = "CURRENT_DATE()";
       },
       "CON-05 minor"},
      {"07 order", [](Contract&, Contract& b) { std::swap(note(b), raw(b)); }, "CON-07 patch"},
      {"07 harmless: one in between",
       [](Contract&, Contract& b) { object(b).columns.insert(object(b).columns.begin() + 1, column("X", "DATE")); },
       "CON-05 minor"},
      {"08 longer", [](Contract&, Contract& b) { note(b).type = type("VARCHAR(200)"); }, "CON-08 patch"},
      {"09 shorter", [](Contract&, Contract& b) { note(b).type = type("VARCHAR(50)"); }, "CON-09 major"},
      {"10 more digits", [](Contract& a, Contract&) { id(a).type = type("NUMBER(10,0)"); }, "CON-10 minor"},
      {"11 fewer digits", [](Contract&, Contract& b) { id(b).type = type("NUMBER(10,0)"); }, "CON-11 patch"},
      {"12 other decimals", [](Contract&, Contract& b) { id(b).type = type("NUMBER(38,2)"); }, "CON-12 major"},
      {"13 longer", [](Contract&, Contract& b) { raw(b).type = type("BINARY(200)"); }, "CON-13 patch"},
      {"13 shorter", [](Contract&, Contract& b) { raw(b).type = type("BINARY(50)"); }, "CON-13 major"},
      {"14 other family", [](Contract&, Contract& b) { note(b).type = type("NUMBER"); }, "CON-14 major"},
      {"14 other time zone", [](Contract&, Contract& b) { at(b).type = type("TIMESTAMP_TZ"); }, "CON-14 major"},
      {"14 integer to float", [](Contract&, Contract& b) { id(b).type = type("FLOAT"); }, "CON-14 major"},
      {"15 a synonym", [](Contract&, Contract& b) { id(b).type = type("INT"); }, ""},
      {"16 never null", [](Contract&, Contract& b) { note(b).required = true; }, "CON-16 patch"},
      {"17 may be null", [](Contract&, Contract& b) { id(b).required = false; }, "CON-17 major"},
      {"18 key gone", [](Contract&, Contract& b) { id(b).key_position = 0; }, "CON-18 major"},
      {"18 key wider", [](Contract&, Contract& b) { note(b).key_position = 2; }, "CON-18 major"},
      {"18 harmless: narrower", [](Contract& a, Contract&) { note(a).key_position = 2; }, ""},
      {"18 harmless: a new key", [](Contract& a, Contract&) { id(a).key_position = 0; }, ""},
      {"18 not unique", [](Contract& a, Contract&) { note(a).unique = true; }, "CON-18 major"},
      {"18 refers elsewhere", [](Contract& a, Contract& b) { note(a).references = "A.B", note(b).references = "C.B"; },
       "CON-18 major"},
      {"18 harmless: refers now", [](Contract&, Contract& b) { note(b).references = "A.B"; }, ""},
      {"19 new value",
       [](Contract& a, Contract& b) {
         note(a).allowed_values = {"x"}, note(b).allowed_values = {"x", "y"};
       },
       "CON-19 minor"},
      {"19 value gone",
       [](Contract& a, Contract& b) {
         note(a).allowed_values = {"x", "y"}, note(b).allowed_values = {"x"};
       },
       "CON-19 patch"},
      {"19 list gone", [](Contract& a, Contract&) { note(a).allowed_values = {"x"}; }, "CON-19 minor"},
      {"20 looser",
       [](Contract& a, Contract& b) {
         id(a).options["maximum"] = {"9", {}, {}}, id(b).options["maximum"] = {"10", {}, {}};
       },
       "CON-20 minor"},
      {"20 tighter",
       [](Contract& a, Contract& b) {
         id(a).options["minimum"] = {"9", {}, {}}, id(b).options["minimum"] = {"10", {}, {}};
       },
       "CON-20 patch"},
      {"20 gone",
       [](Contract& a, Contract&) {
         note(a).options["pattern"] = {"^x", {}, {}};
       },
       "CON-20 minor"},
      {"21 more secret",
       [](Contract& a, Contract& b) { note(a).classification = "internal", note(b).classification = "Restricted"; },
       "CON-21 major"},
      {"21 masked", [](Contract&, Contract& b) { note(b).masking = "G.P.M"; }, "CON-21 major"},
      {"22 less secret",
       [](Contract& a, Contract& b) { note(a).classification = "restricted", note(b).classification = "public"; },
       "CON-22 patch"},
      {"22 unmasked", [](Contract& a, Contract&) { note(a).masking = "G.P.M"; }, "CON-22 patch"},
      {"23 filtered", [](Contract&, Contract& b) { object(b).row_access = "G.P.R"; }, "CON-23 major"},
      {"23 harmless: not any more", [](Contract& a, Contract&) { object(a).row_access = "G.P.R"; }, ""},
      {"24 later",
       [](Contract& a, Contract& b) {
         a.service_levels["latency"] = {"4", "h", {}}, b.service_levels["latency"] = {"1", "d", {}};
       },
       "CON-24 major"},
      {"24 sooner",
       [](Contract& a, Contract& b) {
         a.service_levels["latency"] = {"4", "h", {}}, b.service_levels["latency"] = {"30", "m", {}};
       },
       "CON-24 patch"},
      {"24 less available",
       [](Contract& a, Contract& b) {
         a.service_levels["availability"] = {"99.9", "percent", {}},
         b.service_levels["availability"] = {"99", "percent", {}};
       },
       "CON-24 major"},
      {"24 more available",
       [](Contract& a, Contract& b) {
         a.service_levels["availability"] = {"99", "percent", {}},
         b.service_levels["availability"] = {"99.9", "percent", {}};
       },
       "CON-24 patch"},
      {"24 kept longer",
       [](Contract& a, Contract& b) {
         a.service_levels["retention"] = {"1", "y", {}}, b.service_levels["retention"] = {"3", "y", {}};
       },
       "CON-24 patch"},
      {"24 ends sooner",
       [](Contract& a, Contract& b) {
         a.service_levels["endOfLife"] = {"2028-01-01", {}, {}}, b.service_levels["endOfLife"] = {"2027-01-01", {}, {}};
       },
       "CON-24 major"},
      {"24 no more",
       [](Contract& a, Contract&) {
         a.service_levels["latency"] = {"4", "h", {}};
       },
       "CON-24 major"},
      {"25 check gone",
       [](Contract& a, Contract&) {
         note(a).quality["library nullValues"] = {"mustBe 0", {}, {}};
       },
       "CON-25 minor"},
      {"25 harmless: one more",
       [](Contract&, Contract& b) {
         object(b).quality["library rowCount"] = {"mustBeGreaterThan 0", {}, {}};
       },
       "CON-25 patch"},
      {"26 words", [](Contract&, Contract& b) { note(b).description = "x"; }, "CON-26 patch"},
      {"27 default", [](Contract&, Contract& b) { note(b).default_value = "'x'"; }, "CON-27 patch"},
      {"28 another query", [](Contract& a, Contract& b) { object(a).body = "SELECT 1", object(b).body = "SELECT 2"; },
       "CON-28 patch"},
      {"29 lags more",
       [](Contract& a, Contract& b) { object(a).target_lag = "20 minutes", object(b).target_lag = "1 hour"; },
       "CON-29 major"},
      {"29 lags less",
       [](Contract& a, Contract& b) { object(a).target_lag = "1 hour", object(b).target_lag = "20 minutes"; },
       "CON-29 patch"},
      {"29 the same",
       [](Contract& a, Contract& b) { object(a).refresh_mode = "FULL", object(b).refresh_mode = "INCREMENTAL"; },
       "CON-29 patch"},
      {"30 a name comes back",
       [](Contract& a, Contract& b) {
         note(a).id = "n", note(b).id = "m";
         note(b).type = type("DATE");
       },
       "CON-30 major"},
      {"31 role gone",
       [](Contract& a, Contract&) {
         a.roles["reader"] = {"read", {}};
       },
       "CON-31 major"},
      {"31 harmless: one more",
       [](Contract&, Contract& b) {
         b.roles["reader"] = {"read", {}};
       },
       ""},
      {"32 moved",
       [](Contract&, Contract& b) {
         object(b).name = path({"SALES", "V2", "ORDERS"});
       },
       "CON-32 major"},
      {"32 server",
       [](Contract& a, Contract& b) { a.servers["prod"]["database"] = "A", b.servers["prod"]["database"] = "B"; },
       "CON-32 major"},
      {"32 harmless: one more", [](Contract&, Contract& b) { b.servers["prod"]["database"] = "B"; }, ""},
  };
  return all;
}

}  // namespace

TEST_CASE("what a changed contract means to who reads it") {
  for (const auto& each : cases()) {
    INFO(each.what);
    Contract before = orders(), after = orders();
    each.edit(before, after);
    CHECK(found(compare(before, after)) == each.found);
  }
}

namespace {

Products products(const char* version, const Contract& contract) {
  Products made;
  Product product;
  product.domain = "sales", product.name = "orders", product.version = parse_version(version).value();
  product.approves_all = true;
  Port port;
  port.name = "orders", port.contract = contract;
  product.ports.emplace("orders", port);
  made.all.emplace(ProductKey{"sales", "orders", product.version.major}, product);
  return made;
}

void consume(Products& products, std::vector<const char*> columns, std::vector<const char*> acknowledged = {},
             const char* until = "") {
  Request request;
  request.domain = "finance";
  request.port = {"sales", "orders", "orders", 1};
  request.as = {GranteeType::Role, QualifiedName({name("FINANCE_ANALYST")})};
  for (const auto* each : columns) request.columns.push_back({name(each), {1, 7, 3, 1}});
  for (const auto* each : acknowledged) request.acknowledged.emplace_back(each, Place{});
  request.until = {until, {}};
  request.place = {1, 5, 3, 1};
  products.requests.push_back(request);
}

// Codes of the findings with the line of who is hit.
std::string verdict(const Products& before, const Products& after, const State& desired = {}) {
  Mesh mesh;
  mesh.domains.resize(2);
  mesh.domains[0].name = "finance", mesh.domains[0].team_email = "finance-data@example.com";
  mesh.domains[1].name = "sales";
  std::vector<std::string> all;
  for (const auto& finding : impact_findings(impacts(mesh, before, after, desired, "2027-01-01"))) {
    auto text = finding.code + " " + to_string(finding.severity);
    for (const auto& note : finding.notes) text += fmt::format(" {}", note.place.line);
    all.push_back(text);
  }
  return join(all, ", ");
}

}  // namespace

TEST_CASE("each change that breaks is blocked where somebody consumes it, and nowhere else") {
  for (const auto& each : cases()) {
    INFO(each.what);
    Contract old = orders(), changed = orders();
    each.edit(old, changed);
    const bool breaks = std::string(each.found).find("major") != std::string::npos;
    const auto before = products("1.2.0", old);
    auto after = products("1.3.0", changed);
    CHECK(verdict(before, after).find("MESH1530") == std::string::npos);
    consume(after, {});
    CHECK((verdict(before, after).find("MESH1530") != std::string::npos) == breaks);
  }
}

TEST_CASE("a breaking change is held against the consumers and the version") {
  Contract without_note = orders();
  object(without_note).columns.erase(object(without_note).columns.begin() + 1);
  const auto before = products("1.2.0", orders());
  const auto removed = [&](const char* version, auto edit) {
    auto after = products(version, without_note);
    edit(after);
    return verdict(before, after);
  };
  const auto nothing = [](Products&) {};
  CHECK(removed("1.3.0", nothing) == "MESH1532 warning");
  CHECK(removed("1.2.0", nothing) == "MESH1532 warning, MESH1531 error");
  CHECK(removed("1.3.0", [](Products& p) { consume(p, {}); }) == "MESH1530 error 5");
  CHECK(removed("1.3.0", [](Products& p) { consume(p, {"ID", "NOTE"}); }) == "MESH1530 error 7");
  CHECK(removed("1.3.0", [](Products& p) { consume(p, {"ID"}); }) == "MESH1532 warning");
  CHECK(removed("1.3.0", [](Products& p) { consume(p, {}, {}, "2026-12-31"); }) == "MESH1532 warning");
  for (const char* agreed : {"CON-03", "CON-03 NOTE", "con-03 orders.note", "CON-03 ORDERS"}) {
    INFO(agreed);
    CHECK(removed("1.3.0", [&](Products& p) { consume(p, {}, {agreed}); }).empty());
  }
  for (const char* other : {"CON-04 NOTE", "CON-03 ID", "CON-03 LINES.NOTE", ""}) {
    INFO(other);
    CHECK(removed("1.3.0", [&](Products& p) { consume(p, {}, {other}); }) == "MESH1530 error 5");
  }
  // A new major beside the old one is another contract.
  auto beside = products("1.2.0", orders());
  beside.all.merge(products("2.0.0", without_note).all);
  consume(beside, {});
  CHECK(verdict(before, beside).empty());
  // A draft binds nobody.
  auto draft = before;
  draft.all.begin()->second.status = ProductStatus::Draft;
  auto after = products("1.2.0", without_note);
  consume(after, {});
  CHECK(verdict(draft, after).empty());
}

TEST_CASE("queries of other domains count, declared or not") {
  Contract without_note = orders();
  object(without_note).columns.erase(object(without_note).columns.begin() + 1);
  const auto with_query = [&](const char* domain, const char* query) {
    State desired;
    Object view;
    view.id = {KindId::View, path({"FINANCE", "S", "V"})};
    view.domain = domain;
    view.texts["query"] = {query, {1, 12, 1, 1}};
    desired.objects.emplace(view.id, view);
    return verdict(products("1.2.0", orders()), products("1.3.0", without_note), desired);
  };
  CHECK(with_query("finance", "SELECT O.NOTE FROM SALES.ORDERS.ORDERS O") == "MESH1530 error 12");
  CHECK(with_query("finance", "SELECT * FROM SALES.ORDERS.ORDERS") == "MESH1530 error 12");
  CHECK(with_query("finance", "SELECT COUNT(*) FROM SALES.ORDERS.ORDERS WHERE ID > 3") == "MESH1532 warning");
  CHECK(with_query("finance", "SELECT NOTE FROM FINANCE.S.ORDERS") == "MESH1532 warning");
  CHECK(with_query("sales", "SELECT NOTE FROM SALES.ORDERS.ORDERS") == "MESH1532 warning");
}

TEST_CASE("the version tells of the largest change") {
  const auto step = [](const char* from, const char* to, Edit edit) {
    Contract before = orders(), after = orders();
    edit(before, after);
    return verdict(products(from, before), products(to, after));
  };
  const Edit add = [](Contract&, Contract& b) { object(b).columns.push_back(column("X", "DATE")); };
  const Edit describe = [](Contract&, Contract& b) { note(b).description = "x"; };
  CHECK(step("1.2.0", "1.3.0", add).empty());
  CHECK(step("1.2.0", "1.2.1", add) == "MESH1531 error");
  CHECK(step("1.2.0", "1.2.1", describe).empty());
  CHECK(step("1.2.0", "1.3.0", describe).empty());
  CHECK(step("1.2.0", "1.2.0", describe) == "MESH1531 warning");
  CHECK(step("0.2.0", "0.3.0", [](Contract&, Contract& b) { object(b).columns.pop_back(); }) == "MESH1532 warning");
  CHECK(step("0.2.0", "0.2.1", [](Contract&, Contract& b) { object(b).columns.pop_back(); }) ==
        "MESH1532 warning, MESH1531 error");
}
