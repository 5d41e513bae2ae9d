#include <fmt/format.h>

#include "list.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/ddl.hpp"
#include "mesh/model/access.hpp"

namespace mesh::check {
namespace {

std::string wrong(const Name& name, const std::string& what) {
  return name.display() == name.stored()
             ? std::string()
             : fmt::format("{} can be named in quotes alone: lower case, a blank, or a reserved word", what);
}
constexpr const char* kHelp = "rename it: the new name, and renamed_from: the old one";

void check(const View& view, const Parameters&, Findings& findings) {
  view.each_object([&](const Object& object) {
    const auto subject = view.subject(object);
    findings.judge(subject, wrong(object.id.name.last(), subject.shown), kHelp);
    for (const auto& column : object.columns) {
      const auto of_column = view.subject(object, column);
      findings.judge(of_column, wrong(column.name, of_column.shown), kHelp);
    }
  });
}

}  // namespace

constinit const Rule kNamesNeedNoQuotes = {{.id = "names-need-no-quotes",
                                            .code = "NAM-03",
                                            .level = RuleLevel::Warning,
                                            .title = "No name needs quotes in SQL.",
                                            .why = "Whoever forgets the quotes gets another name, or an error.",
                                            .mend = "Rename it with renamed_from."},
                                           check};

}  // namespace mesh::check
