CREATE DATABASE "T_DB" COMMENT = 'Orders';
CREATE DATABASE "T_GOV";
CREATE SCHEMA "T_DB"."ORDERS" WITH MANAGED ACCESS COMMENT = 'Orders';
CREATE SCHEMA "T_GOV"."S" WITH MANAGED ACCESS;
CREATE TAG "T_GOV"."S"."PRIVACY" COMMENT = 'How secret it is';
CREATE SNOWFLAKE.DATA_PRIVACY.CLASSIFICATION_PROFILE "T_GOV"."S"."PII" ({'minimum_object_age_for_classification_days': 0, 'maximum_classification_validity_days': 30, 'auto_tag': TRUE, 'snowflake_semantic_categories': [{'category': 'NAME'}, {'category': 'PASSPORT', 'country_codes': ['US']}], 'tag_map': {'column_tag_map': [{'tag_name': 'T_GOV.S.PRIVACY', 'tag_value': 'high', 'semantic_categories': ['NAME', 'NATIONAL_IDENTIFIER']}, {'tag_name': 'T_GOV.S.PRIVACY'}]}});
