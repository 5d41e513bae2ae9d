#include "mesh/diff/change.hpp"

namespace mesh {

const char* to_string(Action action) {
  switch (action) {
    case Action::Create:
      return "create";
    case Action::Update:
      return "update";
    case Action::Rename:
      return "rename";
    case Action::Replace:
      return "replace";
    case Action::Drop:
      return "drop";
    case Action::Adopt:
      return "adopt";
    case Action::Forget:
      return "forget";
    case Action::Grant:
      return "grant";
    case Action::Revoke:
      return "revoke";
    case Action::Set:
      return "set";
    case Action::Unset:
      return "unset";
  }
  broken_promise("every action has a word", __FILE__, __LINE__);
}

const char* to_string(Risk risk) {
  switch (risk) {
    case Risk::Safe:
      return "safe";
    case Risk::Expensive:
      return "expensive";
    case Risk::Disruptive:
      return "disruptive";
    case Risk::Destructive:
      return "destructive";
  }
  broken_promise("every risk has a word", __FILE__, __LINE__);
}

std::string to_string(Reason reason) {
  switch (reason) {
    case Reason::NotThere:
      return "does not exist yet";
    case Reason::Differs:
      return "differs from the manifest";
    case Reason::Renamed:
      return "renamed";
    case Reason::Existing:
      return "exists already: taken over as it is";
    case Reason::NoLongerDeclared:
      return "no longer declared";
    case Reason::Tombstone:
      return "listed under removed";
    case Reason::Destroyed:
      return "the environment is destroyed";
    case Reason::NotHere:
      return "not declared for this environment (only:)";
    case Reason::NotGranted:
      return "declared, not granted yet";
    case Reason::NotDeclaredGrant:
      return "not declared";
    case Reason::CannotAlter:
      return "cannot be altered in place";
    case Reason::Protection:
      return "protection changes";
  }
  broken_promise("every reason has words", __FILE__, __LINE__);
}

}  // namespace mesh
