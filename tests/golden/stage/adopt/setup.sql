CREATE DATABASE T_DB;
CREATE SCHEMA T_DB.S WITH MANAGED ACCESS;
create file format t_db.s.lines;
create stage t_db.s.files encryption = (type = 'snowflake_sse') directory = (enable = true) file_format = (format_name = 't_db.s.lines') comment = 'by hand';
