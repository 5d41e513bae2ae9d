CREATE SHARE T_SHARE;
CREATE DATABASE T_DB;
GRANT USAGE ON DATABASE T_DB TO SHARE T_SHARE;
CREATE ORGANIZATION LISTING T_ORDERS SHARE T_SHARE AS $$
support_contact: 'x@example.com'
title: 'Orders'
organization_profile: INTERNAL
resharing: {enabled: TRUE}
organization_targets:
  access:
  - account: RETAIL
  - {account: "FINANCE"}
locations: {access_regions: [{name: ALL}], later_field: 1}
trial_details: {trial_type: TIME}
$$;
