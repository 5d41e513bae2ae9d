#pragma once
// The rules, a file each; list.cpp has them in the catalogue's order.

#include <algorithm>
#include <array>

#include "rule.hpp"

namespace mesh::check {

inline constexpr size_t kNamingRules = 20;
extern const std::array<Rule, kNamingRules> kNaming;

extern const Rule kDomainHasOwner, kHasComment, kNamesNeedNoQuotes, kColumnsAreClassified, kRowAccessRequired,
    kPiiMustBeMasked, kSensitiveNames, kPolicyRoleTests, kNoGrantsToPublic, kNoGrantsToSystemRoles, kNoSystemOwner,
    kNoGrantsToUsers, kManagedAccess, kDomainOwns, kRolesReachSysadmin, kSeparationOfDuties, kNoGrantOptions,
    kNoManageGrants, kNoCrossDomainGrants, kWarehouseAutoSuspend, kWarehouseAutoResume, kWarehouseSize,
    kWarehouseTimeout, kWarehouseMonitor, kRequiredTags, kRetentionWithin, kSharedIsSecure, kSharedIsMasked,
    kSharesStayInside, kUsersNetworkPolicy, kUsersType, kStagesUseIntegrations, kNoDestructiveChanges, kNoWidenedAccess,
    kNoUnmanagedObjects, kChangedOutside, kPolicyDetached, kNoUnmanagedGrants;

// On products, contracts and agreements, and what comes of them.
extern const Rule kApproverIsAnother, kProductsAreDescribed, kMajorInSchema, kAccessIsAgreed, kAgreementsAreCurrent,
    kAgreementsEnd, kReadsAreConsumed, kImportedIsClassified, kDerivedKeepsClass, kMaskedIsNoInput, kBreakingContracts,
    kDeprecationWindow, kDeprecatedHasSuccessor, kRetiredIsClosed, kPortsPromiseQuality, kRefreshAsPromised,
    kQuotasWithinBudget, kSharesWithoutRoles, kAccountParameters, kPortsHaveContacts, kTagMasksHold,
    kMetricsHaveASchedule, kExpectationsAreMet, kListingsAreDocumented, kListingsKeepLimits, kListingsHaveAttributes;

}  // namespace mesh::check
