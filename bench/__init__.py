"""What the product costs, measured against an empty view and one bare query on the same server in the same run."""
