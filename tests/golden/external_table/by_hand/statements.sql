COMMENT ON EXTERNAL TABLE "T_DB"."S"."X" IS 'Partitions come by hand';
