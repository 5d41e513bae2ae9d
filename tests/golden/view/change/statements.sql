ALTER VIEW "T_DB"."S"."V" SET COMMENT = 'All numbers';
