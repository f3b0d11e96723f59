"""What knows no noun of ours: clock, errors, fields, paging, transactions, HTTP."""
