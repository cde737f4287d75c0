"""`/docs`: Swagger UI on the document, with a login of ours and what each operation asks for."""
