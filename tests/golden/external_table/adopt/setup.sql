CREATE DATABASE T_DB;
CREATE SCHEMA T_DB.S WITH MANAGED ACCESS;
CREATE FILE FORMAT T_DB.S.F TYPE = PARQUET;
CREATE STAGE T_DB.S.ST URL = 's3://bucket/a/';
CREATE STAGE T_DB.S.OTHER URL = 's3://bucket/b/';
create external table t_db.s.x (id int as (value:id::int)) with location = @t_db.s.st/x/ file_format = (format_name = 't_db.s.f') pattern = 'a.*';
