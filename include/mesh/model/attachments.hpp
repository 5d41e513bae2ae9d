#pragma once
// Tags and policies on objects and columns, as rows of their own: who sets them need not own what bears them.

#include <compare>
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
  KindId kind = KindId::Tag;  // Tag, or the kind of the policy
  // Where a bearer may have several of the kind: tags, and masking policies on a tag. Else empty: one takes another's
  // place.
  QualifiedName name;
  friend auto operator<=>(const AttachmentKey&, const AttachmentKey&) = default;
};

struct Attachment {
  AttachmentKey key;
  QualifiedName name;  // of the tag or policy
  std::string value;   // tags
  // Policies: the columns it looks at, in order. A masking policy's begin with the masked one; none: that alone.
  std::vector<Name> columns;
  bool columns_known = true;  // live: POLICY_REFERENCES may not tell them (governance-reading.md 3.1)
  std::string domain;         // desired: who declared it; of an applied one, the domain of what bears it
  std::string applied_by;     // desired: the governing domain whose apply line wants it too; empty: none
  Place place;

  std::string address() const;     // "tag A.B.T on column A.B.C.D"
  std::string ledger_key() const;  // inside the entry of the object: "tag A.B.T on D", "row access policy"
  friend bool operator==(const Attachment& a, const Attachment& b) {
    return a.key == b.key && a.name == b.name && a.value == b.value && a.columns == b.columns;
  }
};

// Whether a ledger key (LedgerEntry::attached) is one of an attachment, and of which sort.
bool is_attachment_key(std::string_view ledger_key);

}  // namespace mesh
