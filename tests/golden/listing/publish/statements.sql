ALTER LISTING "T_ORDERS" AS $$
title: "Orders now"
organization_targets:
  access:
    - account: "FINANCE"
    - account: "RETAIL"
$$ PUBLISH = TRUE;
