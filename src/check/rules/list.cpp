#include "list.hpp"

#include "mesh/base/text.hpp"

namespace mesh::check {

const std::vector<const Rule*>& catalogue() {
  static const std::vector<const Rule*> kAll = [] {
    std::vector<const Rule*> all{&kDomainHasOwner, &kApproverIsAnother,    &kPortsHaveContacts,
                                 &kHasComment,     &kProductsAreDescribed, &kListingsAreDocumented};
    for (const auto& rule : kNaming) all.push_back(&rule);
    for (const auto* rule : {&kNamesNeedNoQuotes,      &kMajorInSchema,
                             &kColumnsAreClassified,   &kRowAccessRequired,
                             &kPiiMustBeMasked,        &kTagMasksHold,
                             &kDerivedKeepsClass,      &kSensitiveNames,
                             &kMaskedIsNoInput,        &kPolicyRoleTests,
                             &kNoGrantsToPublic,       &kNoGrantsToSystemRoles,
                             &kNoSystemOwner,          &kNoGrantsToUsers,
                             &kManagedAccess,          &kDomainOwns,
                             &kRolesReachSysadmin,     &kSeparationOfDuties,
                             &kNoGrantOptions,         &kNoManageGrants,
                             &kAccessIsAgreed,         &kAgreementsAreCurrent,
                             &kAgreementsEnd,          &kNoCrossDomainGrants,
                             &kReadsAreConsumed,       &kImportedIsClassified,
                             &kBreakingContracts,      &kDeprecationWindow,
                             &kDeprecatedHasSuccessor, &kRetiredIsClosed,
                             &kWarehouseAutoSuspend,   &kWarehouseAutoResume,
                             &kWarehouseSize,          &kWarehouseTimeout,
                             &kWarehouseMonitor,       &kRequiredTags,
                             &kRefreshAsPromised,      &kQuotasWithinBudget,
                             &kRetentionWithin,        &kSharedIsSecure,
                             &kSharedIsMasked,         &kSharesStayInside,
                             &kSharesWithoutRoles,     &kListingsKeepLimits,
                             &kListingsHaveAttributes, &kPortsPromiseQuality,
                             &kMetricsHaveASchedule,   &kExpectationsAreMet,
                             &kUsersNetworkPolicy,     &kUsersType,
                             &kStagesUseIntegrations,  &kAccountParameters,
                             &kNoDestructiveChanges,   &kNoWidenedAccess,
                             &kNoUnmanagedObjects,     &kChangedOutside,
                             &kPolicyDetached,         &kNoUnmanagedGrants})
      all.push_back(rule);
    return all;
  }();
  return kAll;
}

const std::vector<const RuleInfo*>& all_rules() {
  static const std::vector<const RuleInfo*> kAll = [] {
    std::vector<const RuleInfo*> all;
    for (const auto* rule : catalogue()) all.push_back(&rule->info);
    return all;
  }();
  return kAll;
}

const RuleInfo* find_rule(std::string_view id) {
  for (const auto* rule : all_rules()) {
    if (iequals(rule->id, id)) return rule;
  }
  return nullptr;
}

std::vector<const RuleInfo*> rules_of_code(std::string_view code) {
  std::vector<const RuleInfo*> found;
  for (const auto* rule : all_rules()) {
    if (iequals(rule->code, code)) found.push_back(rule);
  }
  return found;
}

}  // namespace mesh::check
