"""The code lists, as data: one file for each annex of Regulation (EU) 2018/1724, one for OOTS."""
