ALTER LISTING "T_ORDERS" AS $$
title: "Orders"
organization_targets:
  access:
    - account: "FINANCE"
    - account: "NEW"
draft_access_type: "FREE"
$$ PUBLISH = TRUE;
ALTER LISTING "T_ORDERS" SET COMMENT = '';
