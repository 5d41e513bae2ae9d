-- Twice of it
SELECT A + A AS A
FROM T_DB.S.T;
