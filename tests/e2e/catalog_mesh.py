"""A mesh of three domains with products, for the tests of catalogue, graph, CODEOWNERS and new."""

import datetime

from mesh_runner import Mesh

MESH_FILE = """\
mesh: acme
api: mesh/v1
control: {database: MESH, schema: CONTROL, warehouse: MESH_WH}
environments:
  dev: {connection: acme_dev, suffix: _DEV}
  prod: {connection: acme, protected: true}
default_environment: prod
domains:
  platform: {path: platform, owns: [PLATFORM, "PLATFORM_*", MESH, "MESH_*"], account: true}
  governance: {path: governance, governs: true}
  sales: {path: domains/sales, deploy_role: SALES_DEPLOY}
  finance: {path: domains/finance}      # reads what sales offers

# the end
"""
PLATFORM = """\
domain: platform
team: {name: Platform Crew, email: platform@acme.example}
"""
GOVERNANCE = """\
domain: governance
description: Tags and policies
team: {name: governance, email: governance@acme.example}
databases:
  GOVERNANCE:
    schemas:
      TAGS:
        tag_definitions: {PII: {allowed_values: [email, name], grants: {SALES_DEPLOY: [APPLY]}}}
"""
# What is hostile in it must come out as text: a description that would be a script, a column with marks and blanks.
HOSTILE = "</script><script>window.hacked=1</script><img src=x onerror=window.hacked=1>&amp;\"'"
SALES = """\
domain: sales
description: Orders and customers
team: {name: sales-data, email: sales-data@acme.example}
databases:
  SALES:
    database_roles:
      ORDERS_READER: {}
      ORDERS2_READER: {}
      CUSTOMERS_READER: {}
      ODD_READER: {}
    schemas:
      RAW:
        tables:
          ORDER_LINES:
            columns: {ORDER_ID: "NUMBER(38,0)", PRICE: "NUMBER(12,2)", SHIPPED_ON: DATE}
          CUSTOMERS:
            comment: One row per customer
            columns:
              CUSTOMER_ID: {type: "NUMBER(38,0)", comment: Who it is}
              LOYALTY_TIER: {type: VARCHAR, comment: Gold or silver}
              EMAIL: {type: VARCHAR, tags: {GOVERNANCE.TAGS.PII: email}}
            primary_key: [CUSTOMER_ID]
          '"<b>odd</b> & table"':
            columns: {'"a ""b"" <i>c</i>"': {type: VARCHAR, comment: HOSTILE}}
      ORDERS:
        views:
          ORDERS:
            secure: true
            query: SELECT l.ORDER_ID, SUM(l.PRICE) AS TOTAL FROM SALES.RAW.ORDER_LINES l GROUP BY 1
          DAILY:
            query: SELECT l.SHIPPED_ON AS DAY, LOWER(c.EMAIL) AS WHO, COUNT(*) AS LINES FROM SALES.RAW.ORDER_LINES l JOIN CUSTOMERS_OF_ORDERS c ON c.ORDER_ID = l.ORDER_ID GROUP BY 1, 2
          CUSTOMERS_OF_ORDERS:
            query: SELECT l.ORDER_ID, c.EMAIL FROM SALES.RAW.ORDER_LINES l JOIN SALES.RAW.CUSTOMERS c ON c.CUSTOMER_ID = l.ORDER_ID
""".replace("HOSTILE}", repr(HOSTILE).replace("\\'", "''") + "}")
PRODUCTS = """\
products:
  orders:
    version: 1.2.0
    status: deprecated
    description: Every order, one row each
    tags: [revenue]
    ports:
      orders: {objects: [view SALES.ORDERS.ORDERS], reader: SALES.ORDERS_READER}
    approves:
      - {domain: finance, port: orders@1, as: role FINANCE_ANALYST, until: UNTIL}
    deprecation: {announced: 2026-01-01, end_of_life: 2099-12-31, successor: sales/orders@2}
  orders@2:
    version: 2.0.0
    description: Every order with its days
    ports:
      orders: {objects: [view SALES.ORDERS.DAILY], reader: SALES.ORDERS2_READER}
  customers:
    version: 1.0.0
    description: Who buys
    ports:
      customers: {objects: [table SALES.RAW.CUSTOMERS], contract: contracts/customers.odcs.yaml, reader: SALES.CUSTOMERS_READER}
      odd: {description: 'HOSTILE', objects: ['table SALES.RAW."<b>odd</b> & table"'], reader: SALES.ODD_READER}
"""
CONTRACT = """\
apiVersion: v3.0.2
kind: DataContract
id: sales-customers
name: customers
version: 1.0.0
status: active
slaProperties:
  - {property: latency, value: 4, unit: h}
schema:
  - name: CUSTOMERS
    physicalType: table
    description: One row per customer
    properties:
      - {name: CUSTOMER_ID, logicalType: integer, physicalType: "NUMBER(38,0)", required: true, primaryKey: true, description: Who it is}
      - {name: LOYALTY_TIER, logicalType: string, physicalType: VARCHAR, description: Gold or silver}
      - {name: EMAIL, logicalType: string, physicalType: VARCHAR, classification: restricted}
"""
FINANCE = """\
domain: finance
description: Revenue
team: {name: finance-data, email: finance@acme.example}
roles:
  FINANCE_ANALYST: {granted_to: [SYSADMIN]}
consumes:
  - {port: sales/orders@1, as: role FINANCE_ANALYST, purpose: revenue reporting, columns: [ORDER_ID], until: UNTIL}
  - {port: sales/customers@1, as: role FINANCE_ANALYST, purpose: "who owes <money>"}
"""


def day(days):
    return (datetime.datetime.now(datetime.timezone.utc).date() + datetime.timedelta(days=days)).isoformat()


def make(binary, folder):
    mesh = Mesh(binary, f"{folder}/mesh", f"{folder}/account.db")
    until = day(300)
    mesh.write("mesh.yaml", MESH_FILE)
    mesh.write("platform/domain.yaml", PLATFORM)
    mesh.write("governance/domain.yaml", GOVERNANCE)
    mesh.write("domains/sales/domain.yaml", SALES)
    mesh.write("domains/sales/products.yaml", PRODUCTS.replace("UNTIL", until).replace("HOSTILE", HOSTILE.replace("'", "''")))
    mesh.write("domains/sales/contracts/customers.odcs.yaml", CONTRACT)
    mesh.write("domains/finance/domain.yaml", FINANCE.replace("UNTIL", until))
    return mesh
