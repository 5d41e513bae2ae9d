CREATE DATABASE T_DB;
CREATE SCHEMA T_DB.S WITH MANAGED ACCESS;
create file format t_db.s.lines type = 'csv' field_delimiter = '\t' escape = '\\' null_if = ('\\N', 'null') compression = gzip comment = 'by hand';
