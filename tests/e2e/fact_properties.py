"""The properties that Snowflake's reference pages give each kind, one by one, and how a manifest writes them.

The lists stand as in the facts that the kinds' tables were written from. A property is written under its own name in lower
case, under the key that WRITTEN names, or it is in LEFT_OUT with the reason: properties_test.py finds one that is neither.
"""

INHERITED = """DATA_RETENTION_TIME_IN_DAYS COMMENT TAG OBJECT_VISIBILITY MAX_DATA_EXTENSION_TIME_IN_DAYS EXTERNAL_VOLUME CATALOG
    REPLACE_INVALID_CHARACTERS DEFAULT_DDL_COLLATION STORAGE_SERIALIZATION_POLICY LOG_LEVEL LOG_EVENT_LEVEL METRIC_LEVEL TRACE_LEVEL
    SUSPEND_TASK_AFTER_NUM_FAILURES TASK_AUTO_RETRY_ATTEMPTS USER_TASK_MANAGED_INITIAL_WAREHOUSE_SIZE USER_TASK_TIMEOUT_MS
    USER_TASK_MINIMUM_TRIGGER_INTERVAL_IN_SECONDS QUOTED_IDENTIFIERS_IGNORE_CASE ENABLE_CONSOLE_OUTPUT
    DEFAULT_NOTEBOOK_COMPUTE_POOL_CPU DEFAULT_NOTEBOOK_COMPUTE_POOL_GPU ICEBERG_VERSION_DEFAULT ICEBERG_MERGE_ON_READ_BEHAVIOR
    ICEBERG_DEFAULT_DDL_COLLATION ENABLE_DATA_COMPACTION BASE_LOCATION_PREFIX CLASSIFICATION_PROFILE CATALOG_SYNC EVENT_TABLE
    DEFAULT_STREAMLIT_NOTEBOOK_WAREHOUSE OAUTH_AUTHORIZATION_SERVER OAUTH_SCOPES_SUPPORTED REPLICABLE_WITH_FAILOVER_GROUPS"""
POLICIES_OF_RELATIONS = "ROW_ACCESS_POLICY AGGREGATION_POLICY JOIN_POLICY TAG CONTACT"
RUNTIME = """RUNTIME_VERSION PACKAGES IMPORTS HANDLER TARGET_PATH ARTIFACT_REPOSITORY EXTERNAL_ACCESS_INTEGRATIONS SECRETS SECURE
    LOG_LEVEL TRACE_LEVEL METRIC_LEVEL COMMENT RETURNS LANGUAGE BODY SIGNATURE"""

FACTS = {
    "table": f"""column.name column.type column.nullable column.default column.identity column.comment column.collation
        column.masking_policy column.virtual_expression column.order PRIMARY_KEY UNIQUE FOREIGN_KEY CHECK TRANSIENT TEMPORARY
        CLUSTER_BY DATA_RETENTION_TIME_IN_DAYS MAX_DATA_EXTENSION_TIME_IN_DAYS CHANGE_TRACKING DEFAULT_DDL_COLLATION
        ENABLE_SCHEMA_EVOLUTION ERROR_LOGGING ROW_TIMESTAMP COMMENT {POLICIES_OF_RELATIONS} STORAGE_LIFECYCLE_POLICY
        SEARCH_OPTIMIZATION INDEX""",
    "view": f"""QUERY COLUMN_LIST column.comment column.masking_policy column.projection_policy column.tag SECURE COMMENT CHANGE_TRACKING
        RECURSIVE TEMPORARY {POLICIES_OF_RELATIONS} DATA_METRIC_FUNCTION COPY_GRANTS""",
    "materialized_view": "QUERY COLUMN_LIST column.comment CLUSTER_BY SECURE COMMENT STATE INTERACTIVE ROW_ACCESS_POLICY TAG CONTACT",
    "dynamic_table": """TARGET_LAG SCHEDULER WAREHOUSE INITIALIZATION_WAREHOUSE REFRESH_MODE INITIALIZE QUERY COLUMN_LIST column.type
        column.comment TRANSIENT CLUSTER_BY DATA_RETENTION_TIME_IN_DAYS MAX_DATA_EXTENSION_TIME_IN_DAYS DEFAULT_DDL_COLLATION LOG_LEVEL
        STATE FROZEN_WHERE EXECUTE_AS_USER REQUIRE_USER BACKFILL_FROM START_AT ROW_TIMESTAMP COMMENT ROW_ACCESS_POLICY TAG CONTACT""",
    "external_table": "COLUMNS LOCATION PATTERN FILE_FORMAT PARTITION_BY TABLE_FORMAT AUTO_REFRESH COMMENT",
    "sequence": "START INCREMENT ORDER COMMENT",
    "stage": """URL STORAGE_INTEGRATION CREDENTIALS ENCRYPTION FILE_FORMAT DIRECTORY COMMENT USE_PRIVATELINK_ENDPOINT ENDPOINT
        AWS_ACCESS_POINT_ARN""",
    "file_format": "TYPE FORMAT_OPTIONS COMMENT",
    "pipe": "COPY_STATEMENT AUTO_INGEST AWS_SNS_TOPIC INTEGRATION ERROR_INTEGRATION PIPE_EXECUTION_PAUSED COMMENT",
    "stream": "SOURCE APPEND_ONLY INSERT_ONLY SHOW_INITIAL_ROWS AT BEFORE COMMENT",
    "task": """WAREHOUSE USER_TASK_MANAGED_INITIAL_WAREHOUSE_SIZE SCHEDULE AFTER FINALIZE WHEN DEFINITION CONFIG OVERLAP_POLICY STATE
        ERROR_INTEGRATION SUCCESS_INTEGRATION USER_TASK_TIMEOUT_MS SUSPEND_TASK_AFTER_NUM_FAILURES TASK_AUTO_RETRY_ATTEMPTS
        USER_TASK_MINIMUM_TRIGGER_INTERVAL_IN_SECONDS SESSION_PARAMETERS TARGET_COMPLETION_INTERVAL
        SERVERLESS_TASK_MIN_STATEMENT_SIZE SERVERLESS_TASK_MAX_STATEMENT_SIZE EXECUTE_AS_USER COMMENT""",
    "function": f"ARGUMENTS STRICT IMMUTABLE MEMOIZABLE {RUNTIME}",
    "procedure": f"ARGUMENTS OUTPUT_ARGUMENTS EXECUTE_AS AUTO_EVENT_LOGGING {RUNTIME}",
    "alert": "WAREHOUSE SCHEDULE CONDITION ACTION STATE COMMENT CONFIG RUNBOOK SUSPEND_ALERT_AFTER_NUM_FAILURES",
    "database": f"NAME TRANSIENT CONTACT FROM_SHARE FROM_LISTING IMPORTED_PRIVILEGES {INHERITED}",
    "schema": f"NAME TRANSIENT MANAGED_ACCESS PIPE_EXECUTION_PAUSED {INHERITED}",
    "warehouse": """WAREHOUSE_TYPE WAREHOUSE_SIZE GENERATION RESOURCE_CONSTRAINT MAX_CLUSTER_COUNT MIN_CLUSTER_COUNT SCALING_POLICY
        AUTO_SUSPEND AUTO_RESUME INITIALLY_SUSPENDED RESOURCE_MONITOR COMMENT ENABLE_QUERY_ACCELERATION
        QUERY_ACCELERATION_MAX_SCALE_FACTOR MAX_CONCURRENCY_LEVEL STATEMENT_QUEUED_TIMEOUT_IN_SECONDS STATEMENT_TIMEOUT_IN_SECONDS TAG
        MAX_QUERY_PERFORMANCE_LEVEL QUERY_THROUGHPUT_MULTIPLIER""",
    "resource_monitor": "CREDIT_QUOTA FREQUENCY START_TIMESTAMP END_TIMESTAMP NOTIFY_USERS TRIGGERS",
    "role": "COMMENT TAG OWNER",
    "database_role": "COMMENT TAG",
    "user": """LOGIN_NAME DISPLAY_NAME FIRST_NAME MIDDLE_NAME LAST_NAME EMAIL PASSWORD MUST_CHANGE_PASSWORD DISABLED DAYS_TO_EXPIRY
        MINS_TO_UNLOCK MINS_TO_BYPASS_MFA DEFAULT_WAREHOUSE DEFAULT_ROLE DEFAULT_NAMESPACE DEFAULT_SECONDARY_ROLES RSA_PUBLIC_KEY
        RSA_PUBLIC_KEY_2 TYPE WORKLOAD_IDENTITY NETWORK_POLICY PASSWORD_POLICY SESSION_POLICY AUTHENTICATION_POLICY
        SESSION_PARAMETERS TAG COMMENT ALLOWED_INTERFACES""",
    "share": "COMMENT ACCOUNTS SHARE_RESTRICTIONS SECURE_OBJECTS_ONLY OBJECTS TAG",
    "listing": """NAME SHARE APPLICATION_PACKAGE PUBLISH REVIEW COMMENT title subtitle description custom_contact profile listing_terms
        targets auto_fulfillment resharing business_needs categories cke_content_protection compliance_badges data_attributes
        data_dictionary data_preview draft_access_type external_targets locations monetization_display_order offers pricing_plans resources
        trial_details usage_examples share_restrictions organization_profile organization_targets support_contact approver_contact
        request_approval_type custom_attributes""",
    "network_policy": "ALLOWED_NETWORK_RULE_LIST BLOCKED_NETWORK_RULE_LIST ALLOWED_IP_LIST BLOCKED_IP_LIST COMMENT",
    "network_rule": "TYPE MODE VALUE_LIST COMMENT",
    "storage_integration": """TYPE STORAGE_PROVIDER ENABLED STORAGE_ALLOWED_LOCATIONS STORAGE_BLOCKED_LOCATIONS STORAGE_AWS_ROLE_ARN
        STORAGE_AWS_EXTERNAL_ID STORAGE_AWS_OBJECT_ACL USE_PRIVATELINK_ENDPOINT AZURE_TENANT_ID STORAGE_AWS_IAM_USER_ARN
        AZURE_CONSENT_URL AZURE_MULTI_TENANT_APP_NAME STORAGE_GCP_SERVICE_ACCOUNT COMMENT""",
    "tag": "ALLOWED_VALUES MULTI_VALUE PROPAGATE ON_CONFLICT MASKING_POLICY DATA_MOVEMENT_POLICY COMMENT",
    "masking_policy": "SIGNATURE RETURNS BODY EXEMPT_OTHER_POLICIES COMMENT",
    "row_access_policy": "SIGNATURE BODY COMMENT",
    "aggregation_policy": "BODY COMMENT ENTITY_KEY",
    "projection_policy": "BODY COMMENT",
    "join_policy": "BODY COMMENT",
    "session_policy": """SESSION_IDLE_TIMEOUT_MINS SESSION_UI_IDLE_TIMEOUT_MINS ALLOWED_SECONDARY_ROLES BLOCKED_SECONDARY_ROLES
        COMMENT""",
    "password_policy": """PASSWORD_MIN_LENGTH PASSWORD_MAX_LENGTH PASSWORD_MIN_UPPER_CASE_CHARS PASSWORD_MIN_LOWER_CASE_CHARS
        PASSWORD_MIN_NUMERIC_CHARS PASSWORD_MIN_SPECIAL_CHARS PASSWORD_MIN_AGE_DAYS PASSWORD_MAX_AGE_DAYS PASSWORD_MAX_RETRIES
        PASSWORD_LOCKOUT_TIME_MINS PASSWORD_HISTORY""",
    "authentication_policy": """AUTHENTICATION_METHODS MFA_ENROLLMENT MFA_POLICY CLIENT_TYPES CLIENT_POLICY SECURITY_INTEGRATIONS
        PAT_POLICY WORKLOAD_IDENTITY_POLICY""",
    "contact": "USERS EMAIL_DISTRIBUTION_LIST URL COMMENT",
    "data_metric_function": "ARGUMENTS RETURNS BODY SECURE COMMENT",
    "classification_profile": """minimum_object_age_for_classification_days maximum_classification_validity_days auto_tag classify_views
        tag_map.column_tag_map snowflake_semantic_categories ai_mode custom_classifiers enable_tag_based_sensitive_data_exclusion""",
}

# By property, or by kind and property: the key. A dot leads into what the key holds.
WRITTEN = {
    "TAG": "tags", "CONTACT": "contacts", "DATA_METRIC_FUNCTION": "data_metrics", "OWNER": "owner", "FOREIGN_KEY": "foreign_keys", "column.type": "columns.type",
    "column.nullable": "columns.nullable", "column.default": "columns.default", "column.identity": "columns.identity",
    "column.comment": "columns.comment", "column.collation": "columns.collate", "column.masking_policy": "columns.masking_policy",
    "column.projection_policy": "columns.projection_policy", "column.tag": "columns.tags", "column.virtual_expression": "columns.as",
    "column.name": "columns", "COPY_STATEMENT": "copy", "SOURCE": "on", "DEFINITION": "sql",
    "table.TRANSIENT": "kind", "RSA_PUBLIC_KEY": "public_keys", "RSA_PUBLIC_KEY_2": "public_keys",
    "tag.MASKING_POLICY": "masking_policies", "PUBLISH": "state",
    **{f"listing.{name}": "other_fields" for name in (
        "custom_contact", "cke_content_protection", "compliance_badges", "draft_access_type", "monetization_display_order", "offers",
        "pricing_plans", "trial_details", "share_restrictions")},
    "task.SESSION_PARAMETERS": "query_tag", "file_format.FORMAT_OPTIONS": "field_delimiter",
}
# What no manifest says of the object itself, with the reason.
IN_KEY = "stands in the key of the object's map"
LEFT_OUT = {
    "NAME": IN_KEY, "SIGNATURE": {"function": IN_KEY, "procedure": IN_KEY}, "ARGUMENTS": IN_KEY,
    "OUTPUT_ARGUMENTS": "not in this version: import leaves such a procedure alone and says so",
    "column.order": "a note, never a change (no ALTER moves a column)",
    "TEMPORARY": "would live in the session of one apply", "RECURSIVE": "WITH RECURSIVE in the query says it",
    "COPY_GRANTS": "no property: mesh always writes it with OR REPLACE", "INDEX": "of hybrid tables, which this version does not know",
    "STORAGE_LIFECYCLE_POLICY": "a kind that this version does not know",
    "data_metric_function.RETURNS": "always NUMBER",
    "INTERACTIVE": "of interactive tables, which this version does not know",
    "dynamic_table.column.type": "only for REFRESH USING: the query gives the types", "REQUIRE_USER": "told by GET_DDL alone",
    "BACKFILL_FROM": "seeds a table once", "START_AT": "seeds a table once", "AT": "where a stream began is over once it was made",
    "BEFORE": "where a stream began is over once it was made", "INSERT_ONLY": "of streams on external tables, which this version does not make",
    "CREDENTIALS": "a secret: a storage integration takes its place", "ENDPOINT": "of S3-compatible stores, with credentials",
    "stage.USE_PRIVATELINK_ENDPOINT": "not in this version", "AWS_ACCESS_POINT_ARN": "not in this version",
    "ARTIFACT_REPOSITORY": "a kind that this version does not know", "SECRETS": "a kind that this version does not know",
    "alert.CONFIG": "no page tells how it is read back", "RUNBOOK": "no page tells how it is read back",
    "SUSPEND_ALERT_AFTER_NUM_FAILURES": "no page tells how it is read back",
    "FROM_LISTING": "a share alone is imported",
    "IMPORTED_PRIVILEGES": "a grant on the database", "OBJECTS": "a share holds what is granted to it, on the objects",
    "APPLICATION_PACKAGE": "not in this version: a share alone is offered", "REVIEW": "no property: what is not published is not reviewed",
    "PASSWORD": "never in a manifest", "WORKLOAD_IDENTITY": "not in this version", "ALLOWED_INTERFACES": "not in this version",
    "user.SESSION_PARAMETERS": "not in this version", "schema.EVENT_TABLE": "not in this version: a database's alone",
    "STORAGE_AWS_IAM_USER_ARN": "Snowflake's own, to be read only", "AZURE_CONSENT_URL": "Snowflake's own, to be read only",
    "AZURE_MULTI_TENANT_APP_NAME": "Snowflake's own, to be read only", "STORAGE_GCP_SERVICE_ACCOUNT": "Snowflake's own, to be read only",
    "MULTI_VALUE": "a manifest says one value", "ON_CONFLICT": "told only in accounts with BCR-2291",
    "DATA_MOVEMENT_POLICY": "a kind that this version does not know", "ENTITY_KEY": "stands where the policy is set",
}


def key_of(kind, name):
    return WRITTEN.get(f"{kind}.{name}") or WRITTEN.get(name) or name.lower()


def reason_of(kind, name):
    found = LEFT_OUT.get(f"{kind}.{name}") or LEFT_OUT.get(name)
    return found.get(kind) if isinstance(found, dict) else found
