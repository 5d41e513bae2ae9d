CREATE DATABASE "T_DB";
CREATE ROLE "T_READER";
CREATE SHARE "T_SHARE";
CREATE SCHEMA "T_DB"."S";
CREATE TABLE "T_DB"."S"."T" (
  "ID" NUMBER(38,0)
);
GRANT USAGE ON DATABASE "T_DB" TO SHARE "T_SHARE";
GRANT USAGE ON SCHEMA "T_DB"."S" TO SHARE "T_SHARE";
GRANT SELECT ON TABLE "T_DB"."S"."T" TO SHARE "T_SHARE";
CREATE ORGANIZATION LISTING "T_ORDERS" SHARE "T_SHARE" AS '
title: "Orders: every one, \\"it''s\\" all $$ here"
description: |
  Every order, one row each.

  Ask before you *sum*.
organization_targets:
  discovery:
    - all_internal_accounts: true
  access:
    - account: "FINANCE"
      roles:
        - "ACCOUNTANT"
        - "ANALYST"
    - account: "RETAIL"
support_contact: "sales@example.com"
approver_contact: "owners@example.com"
request_approval_type: "REQUEST_AND_APPROVE_IN_SNOWFLAKE"
resharing:
  enabled: true
data_dictionary:
  featured:
    database: "T_DB"
    objects:
      - name: "T"
        schema: "S"
        domain: "TABLE"
usage_examples:
  - title: "How many"
    query: |
      SELECT COUNT(*)
      FROM T_DB.S.T
data_attributes:
  refresh_rate: "DAILY"
resources:
  documentation: "https://example.com/orders"
custom_attributes:
  - name: "DATA_CATEGORY_CONFIG"
    values:
      - "Finance"
cke_content_protection:
  enable: true
  threshold: "0.2"
' PUBLISH = TRUE;
ALTER LISTING "T_ORDERS" SET COMMENT = 'The orders of the shop';
GRANT USAGE ON DATA EXCHANGE LISTING "T_ORDERS" TO ROLE "T_READER";
