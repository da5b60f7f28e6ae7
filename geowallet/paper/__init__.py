"""A report as a document, and the forms it is handed over in: PDF, spreadsheet, table, page."""
