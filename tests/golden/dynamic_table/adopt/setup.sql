CREATE DATABASE T_DB;
CREATE SCHEMA T_DB.S WITH MANAGED ACCESS;
CREATE TABLE T_DB.S.T (ID NUMBER, A VARCHAR);
CREATE WAREHOUSE T_WH WAREHOUSE_SIZE = XSMALL INITIALLY_SUSPENDED = TRUE;
create or replace dynamic table t_db.s.d target_lag = '60 minutes' refresh_mode = full warehouse = t_wh as select id -- the key
  from t_db.s.t;
