ALTER CONTACT "T_GOV"."S"."DESK" SET URL = 'https://desk.example.com' COMMENT = 'Ask here';
ALTER CONTACT "T_GOV"."S"."OWNERS" SET EMAIL_DISTRIBUTION_LIST = 'owners@example.com';
ALTER CONTACT "T_GOV"."S"."STEWARDS" SET USERS = ('"T_ADA"') COMMENT = '';
