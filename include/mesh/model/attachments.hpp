#pragma once
// Tags, policies, contacts and metric functions on objects and columns, as rows of their own: who sets them need not
// own what bears them.

#include <compare>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "mesh/model/object.hpp"

namespace mesh {

// What bears it: an object, or a column of a table or view.
struct Bearer {
  ObjectId object;
  std::optional<Name> column;
  std::string address() const;  // "table A.B.C", "column A.B.C.D"
  friend auto operator<=>(const Bearer&, const Bearer&) = default;
};

struct AttachmentKey {
  Bearer bearer;
  KindId kind = KindId::Tag;  // Tag, Contact, DataMetricFunction, or the kind of the policy
  // Where a bearer may have several of the kind: tags, metric functions, and masking policies on a tag. Else empty: one
  // takes another's place.
  QualifiedName name;
  // What else tells several of the kind apart: the purpose of a contact, of which each has one; the columns that a
  // metric function measures, "(A, B)".
  std::string slot{};
  friend auto operator<=>(const AttachmentKey&, const AttachmentKey&) = default;
};

struct Attachment {
  AttachmentKey key;
  QualifiedName name;  // of the tag, policy or contact; live: empty, where nothing tells which contact it is
  std::string value;   // tags
  // Policies: the columns it looks at, in order. A masking policy's begin with the masked one; none: that alone.
  // Metric functions: what it measures.
  std::vector<Name> columns;
  std::map<std::string, std::string> expectations;  // metric functions: conditions by name, as stored
  bool columns_known = true;  // live: POLICY_REFERENCES may not tell them (governance-reading.md 3.1)
  std::string domain;         // desired: who declared it; of an applied one, the domain of what bears it
  std::string applied_by;     // desired: the governing domain whose apply line wants it too; empty: none
  std::string applied_to;     // desired: what that line says it goes to
  Place place;

  std::string address() const;  // "tag A.B.T on column A.B.C.D", "contact A.B.C for STEWARD on table A.B.D",
                                // "data metric function A.B.F(C) on table A.B.D"
  std::string ledger_key()
      const;  // inside the entry of the object: "tag A.B.T on D", "row access policy", "contact STEWARD"
  friend bool operator==(const Attachment& a, const Attachment& b) {
    return a.key == b.key && a.name == b.name && a.value == b.value && a.columns == b.columns &&
           a.expectations == b.expectations;
  }
};

// Whether a ledger key (LedgerEntry::attached) is one of an attachment, and of which sort.
bool is_attachment_key(std::string_view ledger_key);
// Whether what is attached decides what is seen: tags and policies.
bool protects(KindId kind);

}  // namespace mesh
