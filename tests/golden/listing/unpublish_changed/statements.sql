ALTER LISTING "T_ORDERS" UNPUBLISH;
ALTER LISTING "T_ORDERS" AS $$
title: "Orders, retired"
organization_targets:
  access:
    - account: "FINANCE"
    - account: "RETAIL"
$$ PUBLISH = FALSE REVIEW = FALSE;
