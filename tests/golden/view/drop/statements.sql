DROP VIEW "T_DB"."S"."V";
