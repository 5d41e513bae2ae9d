-- what is old goes
DELETE FROM T_DB.S.T WHERE ID < 0
