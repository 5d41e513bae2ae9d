R > 0 -- own
