"""The account's administration: Flask-Admin's frame around pages that are closed by default and write through actions."""
