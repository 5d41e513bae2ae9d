CREATE DATABASE T_DB;
CREATE SCHEMA T_DB.S WITH MANAGED ACCESS;
create sequence t_db.s.numbers with start with = 5 increment by 3 order comment = 'by hand';
