"""Backups on other machines, by SFTP and WebDAV."""
