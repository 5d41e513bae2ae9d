// A contract from a file against what the manifests declare.
#include <algorithm>

#include <fmt/format.h>

#include "mesh/base/text.hpp"
#include "odcs.hpp"

namespace mesh::manifest {
namespace {

constexpr const char* kCode = "MESH1523";

class Merger {
 public:
  Merger(const Contract& derived, Diagnostics& diagnostics) : derived_(derived), diagnostics_(diagnostics) {}

  void merge(Contract& written) {
    std::vector<const ContractObject*> described;
    for (auto& object : written.objects) {
      const auto found = std::find_if(derived_.objects.begin(), derived_.objects.end(),
                                      [&](const auto& each) { return means(object.name, each.name); });
      if (found == derived_.objects.end()) {
        unknown(object);
        continue;
      }
      described.push_back(&*found);
      merge(object, *found);
    }
    for (const auto& object : derived_.objects) {
      if (std::find(described.begin(), described.end(), &object) != described.end()) continue;
      auto& error = diagnostics_.error(
          kCode, written.place,
          fmt::format("the contract does not describe {} {}, which the port holds", object.kind, object.name.display()),
          "add it to schema, or take it out of the port");
      error.notes.push_back({"the object", object.place});
    }
  }

 private:
  void unknown(const ContractObject& object) {
    std::vector<std::string> names;
    for (const auto& each : derived_.objects) names.push_back(each.name.last().display());
    diagnostics_.error(
        kCode, object.place, fmt::format("the port holds no object '{}'", object.name.display()),
        did_you_mean(object.name.last().display(), names, fmt::format("it holds: {}", join(names, ", "))));
  }

  void merge(ContractObject& written, const ContractObject& declared) {
    written.name = declared.name;
    written.row_access = declared.row_access;
    written.body = declared.body;
    written.target_lag = declared.target_lag;
    written.refresh_mode = declared.refresh_mode;
    if (!written.kind.empty() && written.kind != declared.kind) {
      differ(written.place, declared.place,
             fmt::format("the contract says that {} is a {}, and it is a {}", written.name.display(), written.kind,
                         declared.kind),
             fmt::format("write physicalType: {}", declared.kind));
    }
    written.kind = declared.kind;
    if (!written.columns_known) {
      written.columns = declared.columns;
      written.columns_known = declared.columns_known;
    }
    for (auto& column : written.columns) merge(column, declared);
    if (!declared.columns_known) return;
    for (const auto& column : declared.columns) {
      if (find(written, column.name) != nullptr) continue;
      auto& warning =
          diagnostics_.warning(kCode, written.place,
                               fmt::format("the contract does not describe column {} of {}, which readers see",
                                           column.name.display(), written.name.display()),
                               "add it to properties, or publish a view without it");
      warning.notes.push_back({"the column", column.place});
    }
  }

  static const ContractColumn* find(const ContractObject& object, const Name& name) {
    if (const auto* found = object.find(name)) return found;
    for (const auto& column : object.columns) {
      if (means(column.name, name)) return &column;
    }
    return nullptr;
  }

  void merge(ContractColumn& written, const ContractObject& object) {
    const auto* declared = find(object, written.name);
    if (declared == nullptr) {
      if (!object.columns_known) return;
      std::vector<std::string> names;
      for (const auto& column : object.columns) names.push_back(column.name.display());
      diagnostics_.error(kCode, written.place,
                         fmt::format("{} has no column '{}', which the contract promises", object.name.display(),
                                     written.name.display()),
                         did_you_mean(written.name.display(), names, "declare it, or take it out of the contract"));
      return;
    }
    written.name = declared->name;
    written.masking = declared->masking;
    if (written.default_value.empty()) written.default_value = declared->default_value;
    if (written.description.empty()) written.description = declared->description;
    types(written, *declared);
    if (written.required && !declared->required && declared->type) {
      differ(written.place, declared->place,
             fmt::format("the contract promises that {} is never null, and it may be", written.name.display()),
             "write nullable: false there, or required: false here");
    }
  }

  void types(ContractColumn& written, const ContractColumn& declared) {
    if (!declared.type) return;
    if (!keeps(*declared.type, written)) {
      differ(written.place, declared.place,
             fmt::format("the contract promises {} {}, and it is {}", written.name.display(), written.type->to_string(),
                         declared.type->to_string()),
             fmt::format("write physicalType: {}", declared.type->to_string()));
    }
    written.type = declared.type;
  }

  void differ(Place here, Place there, std::string summary, std::string help) {
    auto& error = diagnostics_.error(kCode, here, std::move(summary), std::move(help));
    error.notes.push_back({"it is declared here", there});
  }

  const Contract& derived_;
  Diagnostics& diagnostics_;
};

}  // namespace

bool means(const Name& written, const Name& stored) {
  return written == stored || iequals(written.stored(), stored.stored());
}

bool means(const QualifiedName& written, const QualifiedName& full) {
  const auto &a = written.parts(), &b = full.parts();
  return a.size() <= b.size() &&
         std::equal(a.rbegin(), a.rend(), b.rbegin(), [](const Name& x, const Name& y) { return means(x, y); });
}

Contract merged_contract(Contract written, const Contract& derived, Diagnostics& diagnostics) {
  Merger(derived, diagnostics).merge(written);
  return written;
}

}  // namespace mesh::manifest
