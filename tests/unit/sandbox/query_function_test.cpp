#include <catch2/catch.hpp>

#include "query_fake.hpp"

using namespace mesh::sandbox;

namespace {

struct Case {
  std::string expression, expected;
};

void check_all(const std::vector<Case>& cases) {
  Lab lab;
  for (const auto& [expression, expected] : cases) {
    INFO(expression);
    CHECK(lab.rows("SELECT " + expression) == expected);
  }
}

}  // namespace

TEST_CASE("text functions", "[query]") {
  check_all({
      {"UPPER('aBc'), LOWER('aBc'), LENGTH('äbc'), TRIM('  a '), LTRIM('xxa', 'x'), RTRIM('a  ')", "ABC|abc|3|a|a|a"},
      {"SUBSTR('abcdef', 2, 3), SUBSTRING('abc', 2), SUBSTR('abc', -2), SUBSTR('abc', 0, 1), SUBSTR('äöü', 2, 1)",
       "bcd|bc|bc|a|ö"},
      {"LEFT('abc', 2), RIGHT('abc', 2), LEFT('a', 9)", "ab|bc|a"},
      {"REPLACE('abcabc', 'b', 'X'), REPLACE('abc', 'b')", "aXcaXc|ac"},
      {"SPLIT_PART('a.b.c', '.', 2), SPLIT_PART('a.b.c', '.', -1), SPLIT_PART('a', '.', 5)", "b|c|"},
      {"STARTSWITH('abc', 'ab'), ENDSWITH('abc', 'bc'), CONTAINS('abc', 'x'), STARTSWITH(NULL, 'a')",
       "true|true|false|-"},
      {"CONCAT('a', 1, 'b'), CONCAT('a', NULL), CONCAT_WS('-', 'a', 'b', 'c'), 'a' || 1 || TRUE, 'a' || NULL",
       "a1b|-|a-b-c|a1true|-"},
      {"LPAD('7', 3, '0'), RPAD('ab', 4, '.'), REPEAT('ab', 2), REVERSE('abc')", "007|ab..|abab|cba"},
      {"POSITION('b', 'abcb'), CHARINDEX('b', 'abcb', 3), POSITION('x', 'a')", "2|4|0"},
      {"SHA2('abc'), MD5('abc')",
       "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad|900150983cd24fb0d6963f7d28e17f72"},
      {"REGEXP_REPLACE('a1b22', '[0-9]+', '#'), REGEXP_LIKE('abc', 'a.c'), REGEXP_SUBSTR('ab12', '[0-9]')",
       "a#b#|true|1"},
      {"LENGTH(UUID_STRING()), UUID_STRING() = UUID_STRING()", "36|false"},
  });
}

TEST_CASE("numbers keep their scale", "[query]") {
  check_all({
      {"1 + 2.50, 1.5 - 3, 2 * 3.25, 10.01 * 1.1", "3.50|-1.5|6.50|11.011"},
      {"1 / 3, 2 / 3, -2 / 3, 10 / 2, 7 / 2", "0.333333|0.666667|-0.666667|5.000000|3.500000"},
      {"1 / 0", "100051 22012 Division by zero"},
      {"1.0 % 0", "100051 22012 Division by zero"},
      {"10 % 3, -10 % 3, MOD(5.5, 2), DIV0(1, 0), DIV0(6, 3)", "1|-1|1.5|0.000000|2.000000"},
      {"1::float / 4, 3 * 1.5e0, '2' + 1", "0.25|4.5|3.00000"},
      {"ABS(-1.5), ROUND(2.5), ROUND(-2.5), ROUND(1.256, 2), ROUND(1250, -2), CEIL(1.2), FLOOR(-1.2), TRUNC(1.99, 1)",
       "1.5|3|-3|1.26|1300|2|-2|1.9"},
      {"1.15::number(10,1), 0.005::number(3,2), '12.345'::number(5,2), 1.7::int", "1.2|0.01|12.35|2"},
      {"GREATEST(1, 2.5, 2), LEAST('b', 'a'), GREATEST(1, NULL)", "2.5|a|-"},
      {"TO_NUMBER('12.6'), TO_NUMBER('12.6', 10, 1), TRY_TO_NUMBER('x'), TRY_CAST('x' AS INT), TRY_CAST('7' AS INT)",
       "13|12.6|-|-|7"},
      {"CAST('x' AS INT)", "100038 22018 Numeric value 'x' is not recognized"},
      {"CAST(1000 AS NUMBER(3,0))", "100046 22003 Numeric value '1000' is out of range"},
      {"'abcd'::varchar(3)", "100078 22000 String 'abcd' is too long and would be truncated"},
      {"'yes'::boolean, 0::boolean, TRUE::int, 'x' = 'x'", "true|false|1|true"},
      {"'maybe'::boolean", "100037 22018 Boolean value 'maybe' is not recognized"},
      {"- -5, -(3), +2", "5|-3|2"},
      {"SQRT(16), POWER(2, 10), LN(1)", "4|1024|0"},
  });
}

TEST_CASE("conditionals", "[query]") {
  check_all({
      {"COALESCE(NULL, 1), NVL(NULL, 'a'), IFNULL('b', 'c'), NVL2(1, 'y', 'n'), NULLIF(1, 1), NULLIF(1, 2)",
       "1|a|b|y|-|1"},
      {"IFF(1 > 2, 'a', 'b'), IFF(NULL, 1, 2.5), ZEROIFNULL(NULL::int), NULLIFZERO(0)", "b|2.5|0|-"},
      {"CASE WHEN FALSE THEN 1 WHEN TRUE THEN 2 ELSE 3 END, CASE 5 WHEN 4 THEN 'x' END, CASE 'a' WHEN 'a' THEN 1.5 "
       "ELSE 2 END",
       "2|-|1.5"},
      {"DECODE(2, 1, 'a', 2, 'b', 'c'), DECODE(NULL, NULL, 'n'), EQUAL_NULL(NULL, NULL)", "b|n|true"},
      {"NULL AND FALSE, NULL OR TRUE, NOT NULL, NULL = NULL, NULL IS NULL", "false|true|-|-|true"},
      {"2 IN (1, 2), 2 NOT IN (1, NULL), 'a' IN ('b')", "true|-|false"},
  });
}

TEST_CASE("dates and times", "[query]") {
  check_all({
      {"DATEADD(day, 1, '2024-02-28'::date), DATEADD('month', 1, '2024-01-31'::date)::varchar", "19782|2024-02-29"},
      {"DATEADD(hour, 1, '2024-01-01'::date), TIMESTAMPADD(minute, -1, '2024-01-01'::timestamp_ntz)::varchar",
       "1704070800.000000000|2023-12-31 23:59:00.000"},
      {"DATEDIFF(day, '2024-01-01', '2024-03-01'), DATEDIFF(year, '2023-12-31', '2024-01-01'), "
       "TIMESTAMPDIFF(second, '2024-01-01 00:00:00', '2024-01-01 00:01:01'), DATEDIFF(month, '2024-01-31', "
       "'2024-02-01')",
       "60|1|61|1"},
      {"DATE_TRUNC('month', '2024-03-15'::date)::varchar, DATE_TRUNC(week, '2024-03-15'::date)::varchar, "
       "DATE_TRUNC('hour', '2024-03-15 10:45:00'::timestamp)::varchar",
       "2024-03-01|2024-03-11|2024-03-15 10:00:00.000"},
      {"YEAR('2024-03-15'::date), EXTRACT(month FROM '2024-03-15'::date), DATE_PART(day, '2024-03-15'::date), "
       "DAYOFWEEK('2024-03-17'::date), DATE_PART(epoch_second, '1970-01-02'::timestamp)",
       "2024|3|15|0|86400"},
      {"TO_DATE('15.03.2024', 'DD.MM.YYYY')::varchar, TO_TIMESTAMP('2024-03-15 10:00', 'YYYY-MM-DD HH24:MI')::varchar",
       "2024-03-15|2024-03-15 10:00:00.000"},
      {"TO_TIMESTAMP(1700000000)::varchar, TO_TIMESTAMP(1700000000123, 3)::varchar, "
       "TO_TIMESTAMP('1700000000')::varchar",
       "2023-11-14 22:13:20.000|2023-11-14 22:13:20.123|2023-11-14 22:13:20.000"},
      {"TO_VARCHAR('2024-03-05'::date, 'YYYY/MM/DD'), TO_CHAR('2024-03-05 17:06:07.5'::timestamp, 'YYYYMMDD "
       "HH12:MI:SS.FF3 PM')",
       "2024/03/05|20240305 05:06:07.500 PM"},
      {"'2024-01-01'::timestamp_tz::varchar, '2024-01-01 10:00:00 +0200'::timestamp_tz::varchar, "
       "'2024-01-01 10:00:00 +0200'::timestamp_ltz::varchar",
       "2024-01-01 00:00:00.000 +0000|2024-01-01 10:00:00.000 +0200|2024-01-01 08:00:00.000 +0000"},
      {"'2024-01-01 10:00 +02:00'::timestamp_tz = '2024-01-01 08:00Z'::timestamp_tz", "true"},
      {"'2024-01-01'::date + 1, '2024-03-01'::date - '2024-02-01'::date, '2024-01-31'::date + INTERVAL '1 month, 1 "
       "day'",
       "19724|29|19783"},
      {"DATE '2024-01-01' < '2024-01-02', TIMESTAMP '2024-01-01 00:00:00' = '2024-01-01'::date", "true|true"},
      {"LAST_DAY('2024-02-05'::date)::varchar, ADD_MONTHS('2024-01-31'::date, 1)::varchar", "2024-02-29|2024-02-29"},
      {"'2024-13-01'::date", "100040 22007 Date '2024-13-01' is not recognized"},
      {"TRY_TO_DATE('nope'), TRY_TO_TIMESTAMP('nope'), TRY_TO_DATE('x', 'YYYY')", "-|-|-"},
      {"CURRENT_TIMESTAMP() = CURRENT_TIMESTAMP, CURRENT_DATE() = CURRENT_TIMESTAMP::date, "
       "CURRENT_TIMESTAMP() > '2024-01-01'",
       "true|true|true"},
      {"CURRENT_TIMESTAMP() > '2300-01-01'::timestamp_ltz",
       "000002 0A000 Unsupported feature 'TIMESTAMP outside the years 1678 to 2262'."},
  });
}

TEST_CASE("semi-structured values", "[query]") {
  check_all({
      {"PARSE_JSON('{\"a\": {\"b\": [10, 20]}}'):a.b[1]::int", "20"},
      {"PARSE_JSON('{\"A b\": 1}')['A b'], PARSE_JSON('{\"a\": 1}'):A", "1|-"},
      {"PARSE_JSON('{\"s\": \"x\"}'):s::string, PARSE_JSON('{\"s\": \"x\"}'):s", "x|\"x\""},
      {"PARSE_JSON('{\"n\": 1.5}'):n > 1, PARSE_JSON('{\"n\": \"k\"}'):n = 'k'", "true|true"},
      {"PARSE_JSON('null'), PARSE_JSON('null') IS NULL, PARSE_JSON('null')::varchar, IS_NULL_VALUE(PARSE_JSON('null'))",
       "null|false|-|true"},
      {"PARSE_JSON('{')", "100069 22P02 Error parsing JSON: {"},
      {"TRY_PARSE_JSON('{'), TO_JSON(OBJECT_CONSTRUCT('b', 1, 'a', TRUE)), TO_VARIANT('x'), TO_VARIANT(1.50)",
       "-|{\"a\":true,\"b\":1}|\"x\"|1.5"},
      {"ARRAY_SIZE(PARSE_JSON('[1,2]')), ARRAY_CONTAINS(2::variant, ARRAY_CONSTRUCT(1, 2)), TYPEOF(PARSE_JSON('{}'))",
       "2|true|OBJECT"},
      {"ARRAY_TO_STRING(SPLIT('a,b', ','), '-'), GET(ARRAY_CONSTRUCT(7), 0), GET(OBJECT_CONSTRUCT('k', 1), 'k')",
       "a-b|7|1"},
      {"PARSE_JSON('\"abc\"')::int", "100038 22018 Numeric value 'abc' is not recognized"},
  });
}

TEST_CASE("the session tells about itself", "[query]") {
  Lab lab;
  CHECK(lab.rows("SELECT CURRENT_ROLE(), CURRENT_USER(), CURRENT_USER, CURRENT_DATABASE(), CURRENT_SCHEMA(), "
                 "CURRENT_WAREHOUSE()") == "SYSADMIN|MESH|MESH|DB|S|WH");
  CHECK(lab.rows("SELECT CURRENT_ORGANIZATION_NAME() || '-' || CURRENT_ACCOUNT_NAME()") == "ACME-DEV");
  CHECK(lab.rows("SELECT CURRENT_SECONDARY_ROLES()") == R"({"roles":"","value":""})");
  CHECK(lab.rows("SELECT CURRENT_STATEMENT()") == "SELECT CURRENT_STATEMENT()");
  CHECK(lab.rows("SELECT SYSTEM$WAIT(3), SYSTEM$TYPEOF(1.5)") == "waited 3 seconds|NUMBER(2,1)");
  CHECK(lab.rows("SELECT INVOKER_ROLE()") == "000002 0A000 Unsupported feature 'INVOKER_ROLE'.");
  lab.session.warehouse.clear();
  lab.session.database.clear();
  CHECK(lab.rows("SELECT CURRENT_WAREHOUSE(), CURRENT_DATABASE()") == "-|-");
}
