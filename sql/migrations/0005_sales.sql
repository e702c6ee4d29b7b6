-- What sales reads. Its views are in report/.

create schema cl_sales;
