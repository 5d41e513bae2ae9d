#include "mesh/plan/outcome.hpp"

#include "mesh/base/result.hpp"

namespace mesh {

const char* to_string(OutcomeStatus status) {
  switch (status) {
    case OutcomeStatus::Done:
      return "done";
    case OutcomeStatus::Failed:
      return "failed";
    case OutcomeStatus::Skipped:
      return "skipped";
    case OutcomeStatus::NotTried:
      return "not tried";
  }
  broken_promise("an outcome's status", __FILE__, __LINE__);
}

}  // namespace mesh
