CREATE SCHEMA "T_DB"."S";
CREATE TABLE "T_DB"."S"."T" (
  "ID" NUMBER(38,0)
);
GRANT USAGE ON SCHEMA "T_DB"."S" TO SHARE "T_SHARE";
GRANT SELECT ON TABLE "T_DB"."S"."T" TO SHARE "T_SHARE";
ALTER LISTING "T_ORDERS" AS $$
title: "Orders"
organization_targets:
  access:
    - account: "FINANCE"
    - account: "RETAIL"
locations:
  access_regions:
    - name: "ALL"
  later_field: 1
trial_details:
  trial_type: "TIME"
$$ PUBLISH = TRUE;
