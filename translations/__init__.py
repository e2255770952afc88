"""Public text into other languages, and the product's own words in all of them."""
