ALTER LISTING "T_ORDERS" AS $$
title: "Orders of the shop"
organization_targets:
  access:
    - account: "FINANCE"
usage_examples:
  - title: "All"
    query: "SELECT ID FROM T_DB.S.T"
$$ PUBLISH = TRUE;
ALTER LISTING "T_ORDERS" SET COMMENT = 'Changed';
