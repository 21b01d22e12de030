-- Once their counts are in pages.
DROP TABLE tally;
DROP TABLE company_tally;
DROP TABLE app_day;
