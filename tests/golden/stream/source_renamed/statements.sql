ALTER TABLE "T_DB"."S"."T" RENAME TO "T_DB"."S"."NEWER";
ALTER STREAM "T_DB"."S"."ST" SET COMMENT = 'of the same table';
