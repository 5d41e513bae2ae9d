ALTER ROLE "T_ROLE" SET COMMENT = 'Reads and writes';
