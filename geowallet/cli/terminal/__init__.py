"""What commands share: words, numbers, tables, questions, secrets."""
