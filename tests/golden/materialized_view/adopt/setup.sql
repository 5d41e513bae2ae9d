CREATE DATABASE T_DB;
CREATE SCHEMA T_DB.S WITH MANAGED ACCESS;
CREATE TABLE T_DB.S.T (ID NUMBER, A VARCHAR);
create or replace materialized view t_db.s.m comment = 'it''s' as select id -- the key
  from t_db.s.t;
